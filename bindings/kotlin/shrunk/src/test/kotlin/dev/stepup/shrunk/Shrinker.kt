package dev.stepup.shrunk

import com.android.tools.r8.ClassFileResourceProvider
import com.android.tools.r8.CompilationMode
import com.android.tools.r8.JdkClassFileProvider
import com.android.tools.r8.OutputMode
import com.android.tools.r8.ProgramResource
import com.android.tools.r8.R8
import com.android.tools.r8.R8Command
import com.android.tools.r8.origin.Origin
import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.util.function.Consumer
import java.util.zip.ZipEntry
import java.util.zip.ZipInputStream
import java.util.zip.ZipOutputStream

/** Apps: what each is called. */
internal const val APP = "dev.stepup.shrunk.App"
internal const val OKHTTP_APP = "dev.stepup.shrunk.OkHttpApp"

/** The rule that every app has: where it begins. */
private fun beginning(app: String) = "-keep class $app { public static void main(java.lang.String[]); }"

/** OkHttp's own, about what it can use instead of Java's TLS: its artifact for Android has them, this not. */
private val OF_OKHTTP =
    listOf("-dontwarn org.bouncycastle.**", "-dontwarn org.conscrypt.**", "-dontwarn org.openjsse.**")

/** How the names of classes for windows begin, and of many others that are not for apps. */
private val DESKTOP =
    listOf("Ljava/awt/", "Ljavax/swing/", "Lsun/awt/", "Lsun/java2d/", "Lsun/swing/", "Lcom/sun/")

/** Where the jar of the library has its rules. */
private const val RULES = "META-INF/com.android.tools/r8/stepup-core.pro"

/** The classes of a JVM that knows no windows, as Android does not. */
private object Platform : ClassFileResourceProvider {
    private val jdk = JdkClassFileProvider.fromJdkHome(Path.of(System.getProperty("java.home")))
    private val names = jdk.classDescriptors.filterNot { name -> DESKTOP.any(name::startsWith) }.toSet()

    override fun getClassDescriptors(): Set<String> = names

    override fun getProgramResource(descriptor: String): ProgramResource? =
        if (descriptor in names) jdk.getProgramResource(descriptor) else null

    override fun getProgramResources(consumer: Consumer<ProgramResource>) {
        for (name in names) consumer.accept(jdk.getProgramResource(name))
    }
}

/** What an app is made of, and R8 in full mode, which leaves class files that a JVM can run. */
internal class Shrinker(private val directory: Path) {
    private val classPath = System.getProperty("java.class.path").split(File.pathSeparator).map(Path::of)

    /** Kotlin's own libraries. */
    private val kotlin = listOf("kotlin-stdlib-", "kotlinx-coroutines-core-jvm-", "annotations-").map(::jar)

    /** OkHttp for the JVM and what it needs. */
    val okHttp = listOf("okhttp-jvm-", "okio-jvm-").map(::jar)

    /** The apps, the library, its helper for OkHttp too as in the AAR, and JNA, which brings no rules. */
    val whole: Path = pack("whole.jar") { true }
    private val withoutRules = pack("without-rules.jar") { !it.endsWith("stepup-core.pro") }

    /** The rules of the library, a line for each. */
    val rules: List<String> =
        checkNotNull(javaClass.getResource("/$RULES")).readText().lines().filter { it.startsWith("-") }

    /** An app as its developer gets it, who has written no rule for the library: its class path. */
    fun shrink(app: String, more: List<Path> = listOf()): List<Path> =
        listOf(shrink(OF_OKHTTP + beginning(app)) { addProgramFiles(listOf(whole) + kotlin + more) })

    /** The app with these rules in place of those that the library brings, and Kotlin as it is. */
    fun shrinkWith(rules: List<String>): List<Path> =
        kotlin + listOf(
            shrink(listOf(beginning(APP)) + rules) {
                addProgramFiles(withoutRules).addClasspathFiles(kotlin)
            },
        )

    private fun shrink(rules: List<String>, program: R8Command.Builder.() -> Unit): Path {
        val shrunk = Files.createTempFile(directory, "shrunk", ".jar")
        val command = R8Command.builder()
            .addLibraryResourceProvider(Platform)
            .addProguardConfiguration(rules, Origin.unknown())
            .setMode(CompilationMode.RELEASE)
            .setProguardCompatibility(false)
            .setOutput(shrunk, OutputMode.ClassFile)
        R8.run(command.apply(program).build())
        return shrunk
    }

    private fun jar(name: String) = classPath.single { "${it.fileName}".startsWith(name) }

    private fun pack(name: String, isWanted: (String) -> Boolean): Path {
        val jar = directory.resolve(name)
        val seen = mutableSetOf<String>()
        ZipOutputStream(Files.newOutputStream(jar)).use { zip ->
            forEachFile { name, content ->
                if (isWanted(name) && seen.add(name)) {
                    zip.putNextEntry(ZipEntry(name))
                    zip.write(content)
                }
            }
        }
        return jar
    }

    private fun forEachFile(use: (String, ByteArray) -> Unit) {
        for (directory in classPath.filter { it.endsWith("target/classes") }) {
            val files = Files.walk(directory).use { paths -> paths.filter(Files::isRegularFile).toList() }
            for (file in files) use(directory.relativize(file).joinToString("/"), Files.readAllBytes(file))
        }
        ZipInputStream(Files.newInputStream(jar("jna-"))).use { zip ->
            generateSequence(zip::getNextEntry).filterNot(ZipEntry::isDirectory).forEach { entry ->
                use(entry.name, zip.readAllBytes())
            }
        }
    }
}
