pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositoriesMode = RepositoriesMode.FAIL_ON_PROJECT_REPOS
    repositories {
        // Where `cargo xtask package android` leaves the AAR.
        maven(url = uri("../target/package/maven")) {
            content { includeGroup("dev.stepup") }
        }
        google()
        mavenCentral()
    }
}

rootProject.name = "stepup-sample"
include(":app")
