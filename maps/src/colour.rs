//! Colours as styles write them (CSS Color 3, as far as map styles use it).

use std::fmt;

/// A colour; red, green, blue and opacity from 0 to 1, not premultiplied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Colour {
    /// Red.
    pub red: f64,
    /// Green.
    pub green: f64,
    /// Blue.
    pub blue: f64,
    /// Opacity.
    pub alpha: f64,
}

/// The names that styles by hand use most; the full list of CSS has 148.
const NAMED: [(&str, &str); 18] = [
    ("black", "#000000"),
    ("silver", "#c0c0c0"),
    ("gray", "#808080"),
    ("grey", "#808080"),
    ("white", "#ffffff"),
    ("maroon", "#800000"),
    ("red", "#ff0000"),
    ("purple", "#800080"),
    ("fuchsia", "#ff00ff"),
    ("green", "#008000"),
    ("lime", "#00ff00"),
    ("olive", "#808000"),
    ("yellow", "#ffff00"),
    ("navy", "#000080"),
    ("blue", "#0000ff"),
    ("teal", "#008080"),
    ("aqua", "#00ffff"),
    ("orange", "#ffa500"),
];

impl Colour {
    /// Black, MapLibre's default of every colour.
    pub const BLACK: Self = Self { red: 0.0, green: 0.0, blue: 0.0, alpha: 1.0 };
    /// Nothing at all.
    pub const TRANSPARENT: Self = Self { red: 0.0, green: 0.0, blue: 0.0, alpha: 0.0 };

    /// Reads `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`, `rgb()`, `rgba()`, `hsl()`, `hsla()` with commas,
    /// and the basic colour names; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if let Some(digits) = text.strip_prefix('#') {
            return of_hex(digits);
        }
        if text == "transparent" {
            return Some(Self::TRANSPARENT);
        }
        if let Some((_, hex)) = NAMED.iter().find(|(name, _)| *name == text) {
            return Self::parse(hex);
        }
        let (function, arguments) = text.strip_suffix(')')?.split_once('(')?;
        let arguments: Vec<&str> = arguments.split(',').map(str::trim).collect();
        let alpha = match arguments.get(3) {
            Some(alpha) => share(alpha, 1.0)?,
            None => 1.0,
        };
        match (function, arguments.as_slice()) {
            ("rgb" | "rgba", [red, green, blue] | [red, green, blue, _]) => {
                Some(Self { red: share(red, 255.0)?, green: share(green, 255.0)?, blue: share(blue, 255.0)?, alpha })
            }
            ("hsl" | "hsla", [hue, saturation, lightness] | [hue, saturation, lightness, _]) => {
                let hue: f64 = hue.trim_end_matches("deg").parse().ok()?;
                Some(of_hsl(hue, share(saturation, 1.0)?, share(lightness, 1.0)?, alpha))
            }
            _ => None,
        }
    }

    /// The colour at `part` (0 to 1) of the way to another, each component for itself as MapLibre mixes.
    #[must_use]
    pub fn mixed(self, other: Self, part: f64) -> Self {
        let mix = |from: f64, to: f64| from + (to - from) * part;
        Self {
            red: mix(self.red, other.red),
            green: mix(self.green, other.green),
            blue: mix(self.blue, other.blue),
            alpha: mix(self.alpha, other.alpha),
        }
    }

    /// Red, green and blue as bytes.
    pub fn rgb(self) -> [u8; 3] {
        [self.red, self.green, self.blue].map(|share| (share.clamp(0.0, 1.0) * 255.0).round() as u8)
    }
}

/// `#rrggbb`; the opacity is for whoever draws.
impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.rgb();
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

fn of_hex(digits: &str) -> Option<Colour> {
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let (width, scale) = if digits.len() <= 4 { (1, 15.0) } else { (2, 255.0) };
    if !matches!(digits.len(), 3 | 4 | 6 | 8) {
        return None;
    }
    let part = |place: usize| {
        let digits = digits.get(place * width..(place + 1) * width)?;
        Some(f64::from(u8::from_str_radix(digits, 16).ok()?) / scale)
    };
    Some(Colour { red: part(0)?, green: part(1)?, blue: part(2)?, alpha: part(3).unwrap_or(1.0) })
}

/// A number of `whole`, or a percentage, as a share of one.
fn share(text: &str, whole: f64) -> Option<f64> {
    let share = match text.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok()? / 100.0,
        None => text.parse::<f64>().ok()? / whole,
    };
    share.is_finite().then(|| share.clamp(0.0, 1.0))
}

/// CSS Color 3, §4.2.4.
fn of_hsl(hue: f64, saturation: f64, lightness: f64, alpha: f64) -> Colour {
    let part = |n: f64| {
        let k = (n + hue.rem_euclid(360.0) / 30.0) % 12.0;
        lightness - saturation * lightness.min(1.0 - lightness) * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)
    };
    Colour { red: part(0.0), green: part(8.0), blue: part(4.0), alpha }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_css_writes_them() {
        for (text, hex, alpha) in [
            ("#bb9674", "#bb9674", 1.0),
            ("#F80", "#ff8800", 1.0),
            ("#ff880080", "#ff8800", 128.0 / 255.0),
            ("rgb(187, 150, 116)", "#bb9674", 1.0),
            ("rgba(255,0,0,0.5)", "#ff0000", 0.5),
            ("hsl(120, 100%, 25%)", "#008000", 1.0),
            ("hsla(210, 50%, 50%, 0.25)", "#4080bf", 0.25),
            (" White ", "#ffffff", 1.0),
        ] {
            let colour = Colour::parse(text).expect(text);
            assert_eq!((colour.to_string().as_str(), colour.alpha), (hex, alpha), "{text}");
        }
        for text in ["", "#12", "#12345", "rgb(1,2)", "rgb(a,b,c)", "no colour", "#ggg", "#é1"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }

    #[test]
    fn half_way_lies_between() {
        let mixed = Colour::parse("#000000").zip(Colour::parse("#ffffff")).map(|(a, b)| a.mixed(b, 0.5));
        assert_eq!(mixed.map(|colour| colour.to_string()).as_deref(), Some("#808080"));
    }
}
