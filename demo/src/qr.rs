//! A QR code for a terminal: two modules per character.

use stepup_core::QrCode;

/// Light modules around the code, as ISO/IEC 18004 asks for.
const QUIET_ZONE: usize = 4;

/// Black on white, whatever the terminal's own colours are (numbers 16 and 231 of the 256 are not themed).
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
const PLAIN: &str = "\x1b[0m";

/// The lines of the drawing. Without colours the light modules are the drawn ones: right on a dark
/// background, and inverted, which most readers take as well, on a light one.
pub(crate) fn lines(code: &QrCode, colours: bool) -> Vec<String> {
    let side = usize::try_from(code.size).unwrap_or_default();
    let whole = side + 2 * QUIET_ZONE;
    let is_inked = |x: usize, y: usize| is_dark(code, side, x, y) == colours;
    let row = |y: usize| -> String {
        (0..whole).map(|x| half_blocks(is_inked(x, y), is_inked(x, y + 1))).collect()
    };
    let rows = (0..whole).step_by(2).map(row);
    if colours { rows.map(|row| format!("{BLACK_ON_WHITE}{row}{PLAIN}")).collect() } else { rows.collect() }
}

/// Whether a module is dark; coordinates count from the corner of the quiet zone.
fn is_dark(code: &QrCode, side: usize, x: usize, y: usize) -> bool {
    let inside = |position: usize| position.checked_sub(QUIET_ZONE).filter(|position| *position < side);
    let (Some(x), Some(y)) = (inside(x), inside(y)) else { return false };
    code.modules.get(y * side + x) == Some(&1)
}

fn half_blocks(upper: bool, lower: bool) -> char {
    match (upper, lower) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Version 1 is 21 modules wide; the pattern only has to be told apart from its mirror images.
    fn pattern() -> QrCode {
        let modules = (0..21 * 21).map(|index| u8::from(index % 5 == 0 || index < 7)).collect();
        QrCode { size: 21, modules, svg: String::new() }
    }

    fn read_back(lines: &[String], ink_is_dark: bool) -> Vec<u8> {
        let mut modules = Vec::new();
        for y in QUIET_ZONE..QUIET_ZONE + 21 {
            let characters: Vec<char> = lines[y / 2].chars().collect();
            for character in &characters[QUIET_ZONE..QUIET_ZONE + 21] {
                let ink = if y % 2 == 0 { "█▀" } else { "█▄" };
                modules.push(u8::from(ink.contains(*character) == ink_is_dark));
            }
        }
        modules
    }

    #[test]
    fn the_drawing_has_every_module_and_a_quiet_zone() {
        let lines = lines(&pattern(), false);
        assert_eq!(lines.len(), 15);
        assert!(lines.iter().all(|line| line.chars().count() == 29));
        assert!(lines[..2].iter().all(|line| line.chars().all(|character| character == '█')));
        assert_eq!(read_back(&lines, false), pattern().modules);
    }

    #[test]
    fn with_colours_dark_is_drawn_on_white() {
        let coloured = lines(&pattern(), true);
        let bare: Vec<String> = coloured
            .iter()
            .map(|line| line.strip_prefix(BLACK_ON_WHITE).unwrap().strip_suffix(PLAIN).unwrap().to_owned())
            .collect();
        assert_eq!(read_back(&bare, true), pattern().modules);
    }
}
