//! What every part of a map is drawn with: the colours of its variant, the classes that its rules
//! make, the codes of its plan, the language of its words.

use ::layers::codes::{CodeList, Label, lists};
use ::layers::intake::UsedCode;

use crate::language::Language;
use crate::palette::{self, ClassColour, Colour, LandUse, PlanLine, Scheme};

/// What a map is drawn with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look<'a> {
    /// Colours around its subject.
    pub(crate) scheme: &'static Scheme,
    /// The generation's own lists: what its rules call their classes.
    pub(crate) codes: &'a [CodeList],
    /// The codes of planned uses that occur.
    pub(crate) plan: &'a [UsedCode],
    /// The language of words on the map.
    pub(crate) language: Language,
}

/// One class of an attribute.
#[derive(Clone, Debug)]
pub(crate) struct Class {
    pub(crate) code: String,
    pub(crate) label: Label,
    pub(crate) colour: Colour,
}

impl Look<'_> {
    /// The classes of an attribute with their colours, as the generation's rules have them; none for
    /// an attribute without a list.
    pub(crate) fn classes(&self, attribute: &str) -> Vec<Class> {
        let known = |list: &&CodeList| list.id == attribute;
        let Some(list) = self.codes.iter().find(known).or_else(|| lists::ALL.into_iter().find(known)) else {
            return Vec::new();
        };
        let colours = palette::of_list(attribute).unwrap_or_default();
        let codes = list.codes.iter().zip(colours_of(list, colours));
        codes.map(|(code, colour)| Class { code: code.code.to_string(), label: code.label.clone(), colour }).collect()
    }

    /// The codes of planned uses that occur, each with its class of the national palette.
    pub(crate) fn plan_uses(&self) -> impl Iterator<Item = (&str, &'static LandUse)> {
        self.plan.iter().filter_map(|used| Some((used.code.as_str(), palette::land_use(used.ydyh.as_deref()?)?)))
    }

    /// The codes of planned uses that occur and that a line of the plan is drawn around.
    pub(crate) fn plan_codes_of(&self, line: &PlanLine) -> impl Iterator<Item = &str> {
        let is_held = |ydyh: &str| line.codes.iter().any(|known| ydyh.starts_with(known));
        let held = move |used: &&UsedCode| used.ydyh.as_deref().is_some_and(is_held);
        self.plan.iter().filter(held).map(|used| used.code.as_str())
    }
}

/// The colour of each code: its own, or where the rules have classes of their own making its place in
/// the ramp.
fn colours_of(list: &CodeList, colours: &[ClassColour]) -> Vec<Colour> {
    let is_ramp = colours.first().is_some_and(|(code, _)| *code == "1");
    if is_ramp {
        return palette::spread(colours, list.codes.len());
    }
    let own = |code: &str| colours.iter().find(|(known, _)| *known == code).map(|(_, colour)| *colour);
    let hues = (0..).map(|place| palette::HUES[place % palette::HUES.len()]);
    list.codes.iter().zip(hues).map(|(code, hue)| own(&code.code).unwrap_or(hue)).collect()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use ::layers::codes::Code;

    use super::*;
    use crate::palette::Variant;

    fn list(id: &'static str, codes: &[&'static str]) -> CodeList {
        let code = |code: &&'static str| Code { code: (*code).into(), label: Label::same(code) };
        CodeList { id, label: Label::new("", ""), codes: Cow::Owned(codes.iter().map(code).collect()) }
    }

    #[test]
    fn classes_are_those_of_the_rules() {
        let own = [list("far_class", &["1", "2", "3"]), list("disposal", &["SWAP", "MINE"])];
        let look = Look { scheme: Variant::Light.scheme(), codes: &own, plan: &[], language: Language::default() };
        let far: Vec<Colour> = look.classes("far_class").iter().map(|class| class.colour).collect();
        assert_eq!(far, [palette::FAR[0].1, palette::FAR[2].1, palette::FAR[4].1]);
        let disposal = look.classes("disposal");
        assert_eq!((disposal[0].colour, disposal[1].colour), (palette::DISPOSAL[0].1, palette::HUES[1]));
        assert_eq!(look.classes("zone").len(), 3, "a list that the rules do not touch");
        assert!(look.classes("name").is_empty());
    }
}
