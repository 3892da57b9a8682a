package dev.stepup.android

import android.app.Activity
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.LifecycleOwner
import androidx.lifecycle.LifecycleRegistry
import dev.stepup.android.support.AndroidTest
import dev.stepup.android.support.begun
import dev.stepup.android.support.ended
import dev.stepup.android.support.runMainThreadUntil
import dev.stepup.android.support.whileMainThreadRuns
import dev.stepup.android.test.MainActivity
import dev.stepup.core.PlatformException
import java.lang.ref.WeakReference
import java.time.Duration
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.concurrent.thread
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.android.controller.ActivityController

/** What the library knows of the app's screens. */
internal class LifecycleTest : AndroidTest() {
    private val told = CopyOnWriteArrayList<Boolean>()
    private val owner = object : LifecycleOwner {
        override val lifecycle = LifecycleRegistry(this)
    }

    private fun screen(): ActivityController<MainActivity> = Robolectric.buildActivity(
        MainActivity::class.java,
    )

    private fun inFront(activities: CurrentActivity): Activity = whileMainThreadRuns { activities.await() }

    @Test
    fun `coming to the foreground and leaving it is told until the end`() {
        val following = owner.lifecycle.tell(told::add)
        val events = listOf(Lifecycle.Event.ON_START, Lifecycle.Event.ON_RESUME, Lifecycle.Event.ON_STOP)
        events.forEach(owner.lifecycle::handleLifecycleEvent)
        assertEquals(listOf(true, false), told)
        following.close()
        events.forEach(owner.lifecycle::handleLifecycleEvent)
        assertEquals(listOf(true, false), told)
    }

    @Test
    fun `an app that is in front already is told so, from any thread`() {
        owner.lifecycle.currentState = Lifecycle.State.RESUMED
        thread { owner.lifecycle.tell(told::add) }.join()
        assertEquals(listOf<Boolean>(), told)
        runMainThreadUntil { told.isNotEmpty() }
        assertEquals(listOf(true), told)
    }

    @Test
    fun `the activity in front is the one that was resumed last and can be seen`() {
        val activities = CurrentActivity(app)
        val first = screen().setup()
        assertSame(first.get(), inFront(activities))
        val second = screen()
        first.pause()
        second.setup()
        first.stop()
        assertSame(second.get(), inFront(activities))
        second.pause()
        first.restart().start().resume()
        second.stop().destroy()
        assertSame(first.get(), inFront(activities))
    }

    @Test
    fun `an activity below a sheet is still in front`() {
        val activities = CurrentActivity(app)
        val screen = screen().setup().pause()
        assertSame(screen.get(), inFront(activities))
    }

    @Test
    fun `an activity that is made known late counts, until another one is in front`() {
        val late = screen().setup()
        val activities = CurrentActivity(late.get())
        assertSame(late.get(), inFront(activities))
        val next = screen().setup()
        late.stop()
        assertSame(next.get(), inFront(activities))
    }

    @Test
    fun `while the screen is turned the next activity is waited for`() {
        val activities = CurrentActivity(app)
        screen().setup().pause().stop().destroy()
        val waiting = begun { activities.await() }
        val next = screen().setup()
        assertSame(next.get(), waiting.ended())
    }

    @Test
    fun `an activity that is about to go is not in front any more`() {
        val activities = CurrentActivity(app)
        screen().setup().get().finish()
        val waiting = begun { activities.await() }
        val next = screen().setup()
        assertSame(next.get(), waiting.ended())
    }

    @Test
    fun `in the background it is told that there is none`() {
        val activities = CurrentActivity(app, patience = Duration.ofMillis(50))
        screen().setup().pause().stop()
        assertThrows(PlatformException.Internal::class.java) { inFront(activities) }
    }

    @Test
    fun `no activity is held`() {
        val activities = CurrentActivity(app, patience = Duration.ofMillis(50))
        val seen = seenAndDestroyed()
        runMainThreadUntil {
            System.gc()
            seen.get() == null
        }
        assertThrows(PlatformException.Internal::class.java) { inFront(activities) }
    }

    private fun seenAndDestroyed(): WeakReference<Activity> =
        screen().setup().let { WeakReference<Activity>(it.get()).also { _ -> it.pause().stop().destroy() } }
}
