//! A text as a QR code, for screens that draw it themselves and for those that show an image.

use std::fmt;

use qrcodegen::QrCodeEcc;

/// Light modules around the code, as ISO/IEC 18004 asks for.
const QUIET_ZONE: i32 = 4;

/// A QR code. It holds what it encodes, so printing it shows its size only.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct QrCode {
    /// Modules per side, without the quiet zone of four modules that must be left around it.
    pub size: u32,
    /// The modules row by row, `size` × `size`; 1 is dark, 0 is light.
    pub modules: Vec<u8>,
    /// The same as an SVG image, quiet zone included, without a size of its own.
    pub svg: String,
}

impl QrCode {
    /// None for a text that is too long.
    pub(super) fn of(text: &str) -> Option<Self> {
        let code = qrcodegen::QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let side = code.size();
        let modules = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
        let modules = modules.map(|(x, y)| u8::from(code.get_module(x, y))).collect();
        Some(Self { size: u32::try_from(side).ok()?, modules, svg: svg(&code) })
    }
}

fn svg(code: &qrcodegen::QrCode) -> String {
    let side = code.size();
    let dark: String = (0..side)
        .flat_map(|y| (0..side).map(move |x| (x, y)))
        .filter(|(x, y)| code.get_module(*x, *y))
        .map(|(x, y)| format!("M{},{}h1v1h-1z", x + QUIET_ZONE, y + QUIET_ZONE))
        .collect();
    let whole = side + 2 * QUIET_ZONE;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0,0h{whole}v{whole}h-{whole}z\"/>\
         <path d=\"{dark}\"/></svg>"
    )
}

impl fmt::Display for QrCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "QrCode {{ size: {}, .. }}", self.size)
    }
}

impl fmt::Debug for QrCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrix_and_image_show_the_same_modules() {
        let code = QrCode::of("otpauth://totp/a?secret=ABCDEFGH").unwrap();
        let side = usize::try_from(code.size).unwrap();
        assert_eq!(code.modules.len(), side * side);
        // The finder pattern's corner is dark in every QR code, the separator beside it light.
        assert_eq!((code.modules[0], code.modules[7]), (1, 0));
        let dark = code.modules.iter().filter(|module| **module == 1).count();
        assert_eq!(code.svg.matches("h1v1h-1z").count(), dark);
        assert!(QrCode::of(&"x".repeat(5_000)).is_none());
    }
}
