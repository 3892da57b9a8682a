plugins {
    alias(libs.plugins.android.application)
    alias(libs.plugins.kotlin.compose)
}

android {
    namespace = "dev.stepup.sample"
    // What the libraries of Compose ask for.
    compileSdk = 37

    defaultConfig {
        applicationId = "dev.stepup.sample"
        minSdk = 26
        targetSdk = 35
        versionCode = 1
        versionName = "1"
        // JNA has libraries for more, and a device would get an app without ours.
        ndk { abiFilters += listOf("arm64-v8a", "armeabi-v7a", "x86_64") }
    }

    buildTypes {
        release {
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"))
        }
    }

    buildFeatures { compose = true }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    sourceSets {
        // The tests need this computer's build of the library and the sandbox: Maven runs them, see README.md.
        getByName("test") { kotlin.setSrcDirs(emptyList<String>()) }
    }
}

dependencies {
    implementation(libs.stepup.android)
    implementation(libs.activity.compose)
    implementation(libs.compose.foundation)
    implementation(libs.compose.material.icons)
    implementation(libs.compose.material3)
    implementation(libs.compose.ui)
    implementation(libs.core.ktx)
    implementation(libs.coroutines.android)
    // Passkeys before Android 14 come with Google Play services.
    implementation(libs.credentials.play.services)
    implementation(libs.lifecycle.runtime.compose)
    implementation(libs.lifecycle.viewmodel.savedstate)
    implementation(libs.okhttp)
    debugImplementation(libs.serialization.json)
}
