//! The binding generator, of the same version as the `uniffi` that `stepup-core` is built with.
//!
//! It reads the interface out of the symbols of a built, unstripped library:
//!
//! ```sh
//! cargo build --package stepup-core
//! cargo run --package stepup-bindgen -- generate --language kotlin --no-format \
//!     --config uniffi/uniffi.toml --out-dir <directory> target/debug/libstepup_core.so
//! ```

fn main() {
    uniffi::uniffi_bindgen_main();
}
