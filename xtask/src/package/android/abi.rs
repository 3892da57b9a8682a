//! The processors of Android devices.

use object::Architecture;

/// A kind of processor: what Android, Rust and the NDK call it.
#[derive(Debug)]
pub(crate) struct Abi {
    /// As folders of native libraries are named.
    pub(crate) name: &'static str,
    /// Rust's target.
    pub(crate) target: &'static str,
    /// The NDK's compiler for the lowest version of Android.
    pub(crate) clang: &'static str,
    pub(crate) architecture: Architecture,
}

/// Phones of today, those of 2017 and before, and emulators.
pub(crate) const ABIS: [Abi; 3] = [
    Abi {
        name: "arm64-v8a",
        target: "aarch64-linux-android",
        clang: "aarch64-linux-android26-clang",
        architecture: Architecture::Aarch64,
    },
    Abi {
        name: "armeabi-v7a",
        target: "armv7-linux-androideabi",
        clang: "armv7a-linux-androideabi26-clang",
        architecture: Architecture::Arm,
    },
    Abi {
        name: "x86_64",
        target: "x86_64-linux-android",
        clang: "x86_64-linux-android26-clang",
        architecture: Architecture::X86_64,
    },
];

impl Abi {
    /// Where its library lies in an AAR.
    pub(crate) fn path(&self) -> String {
        format!("jni/{}/libstepup_core.so", self.name)
    }
}
