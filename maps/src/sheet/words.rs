//! Writing on a sheet: words that are measured before they are drawn.

use crate::label::{Face, Fonts, wrapped};
use crate::svg::{escaped, put, short};

/// Black enough for print, soft enough beside colours.
pub(super) const INK: &str = "#1d2126";
/// For what is read last.
pub(super) const GREY: &str = "#565d66";

/// How words look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hand {
    pub(super) size: f64,
    pub(super) weight: u16,
    /// 宋体 for notes, 黑体 for everything else.
    pub(super) is_serif: bool,
    pub(super) colour: &'static str,
    /// `start`, `middle` or `end`.
    pub(super) anchor: &'static str,
}

impl Hand {
    pub(super) fn of(size: f64) -> Self {
        Self { size, weight: 400, is_serif: false, colour: INK, anchor: "start" }
    }

    pub(super) fn bold(self) -> Self {
        Self { weight: 700, ..self }
    }

    pub(super) fn serif(self) -> Self {
        Self { is_serif: true, ..self }
    }

    pub(super) fn grey(self) -> Self {
        Self { colour: GREY, ..self }
    }

    pub(super) fn middle(self) -> Self {
        Self { anchor: "middle", ..self }
    }

    pub(super) fn end(self) -> Self {
        Self { anchor: "end", ..self }
    }

    fn face(self) -> Face {
        let families: &[&str] = if self.is_serif {
            &["Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "SimSun", "Songti SC"]
        } else {
            &["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC"]
        };
        Face { families: families.iter().map(|family| (*family).to_owned()).collect(), weight: self.weight }
    }
}

/// What a sheet is written with.
pub(super) struct Pen<'f> {
    pub(super) svg: String,
    fonts: &'f Fonts,
}

impl<'f> Pen<'f> {
    pub(super) fn new(fonts: &'f Fonts) -> Self {
        Self { svg: String::new(), fonts }
    }

    /// How wide words are.
    pub(super) fn width(&self, words: &str, hand: Hand) -> f64 {
        self.fonts.measure(&hand.face()).ems(words) * hand.size
    }

    /// Words on a base line.
    pub(super) fn write(&mut self, x: f64, y: f64, words: &str, hand: Hand) {
        self.place(&format!(" x=\"{}\" y=\"{}\"", short(x), short(y)), words, hand);
    }

    /// Words that run upwards or downwards on a base line through a point.
    pub(super) fn write_turned(&mut self, x: f64, y: f64, degrees: f64, words: &str, hand: Hand) {
        let place = format!(" transform=\"translate({} {}) rotate({})\"", short(x), short(y), short(degrees));
        self.place(&place, words, hand);
    }

    /// Words in so much room: smaller where they are too long for it, down to two thirds, then cut off.
    pub(super) fn write_within(&mut self, x: f64, y: f64, room: f64, words: &str, hand: Hand) {
        let width = self.width(words, hand);
        let hand = Hand { size: hand.size * (room / width.max(room)).max(2.0 / 3.0), ..hand };
        if self.width(words, hand) <= room * 1.001 {
            return self.write(x, y, words, hand);
        }
        let mut cut = words.to_owned();
        while cut.pop().is_some() && self.width(&format!("{cut}…"), hand) > room {}
        self.write(x, y, &format!("{cut}…"), hand);
    }

    /// The words in lines of at most that width.
    pub(super) fn lines(&self, words: &str, room: f64, hand: Hand) -> Vec<String> {
        let face = hand.face();
        let measure = self.fonts.measure(&face);
        wrapped(words, room / hand.size, |text| measure.ems(text))
    }

    fn place(&mut self, place: &str, words: &str, hand: Hand) {
        put!(
            &mut self.svg,
            "<text{place} text-anchor=\"{}\" font-size=\"{}\"{} fill=\"{}\">{}</text>",
            hand.anchor,
            short(hand.size),
            hand.face().attributes(),
            hand.colour,
            escaped(words)
        );
    }
}
