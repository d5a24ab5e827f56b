//! Tables of development intensity (表4–表6): whole patches by class, the classes named by the rules.

use crate::codes::Label;
use crate::rules::RuleSet;
use crate::stats::Table;

use super::super::assess::Assessed;
use super::{GroupNames, by_class, numbered};

/// 表4.
pub(in crate::rules) fn far(patches: &[Assessed], names: &GroupNames<'_>, rules: &RuleSet) -> Table {
    let what = ("far", Label::new("容积率分级（表4）", "Floor area ratio (table 4)"), "R-FAR");
    let classes = numbered(rules.far.classes.iter().map(|class| &class.label));
    by_class(patches, names, classes, what, |patch| place_of(patch.far_class))
}

/// 表5.
pub(in crate::rules) fn density(patches: &[Assessed], names: &GroupNames<'_>, rules: &RuleSet) -> Table {
    let what = ("density", Label::new("建筑密度分级（表5）", "Building density (table 5)"), "R-DENSITY");
    let classes = numbered(rules.density.classes.iter().map(|class| &class.label));
    by_class(patches, names, classes, what, |patch| place_of(patch.density_class))
}

/// 表6.
pub(in crate::rules) fn intensity(patches: &[Assessed], names: &GroupNames<'_>, rules: &RuleSet) -> Table {
    let title = Label::new("综合开发强度（表6）", "Development intensity (table 6)");
    let classes = numbered(rules.intensity.classes.iter());
    by_class(patches, names, classes, ("intensity", title, &rules.intensity.name), |patch| place_of(patch.intensity))
}

fn place_of(class: Option<u8>) -> Option<usize> {
    class.map(|class| usize::from(class) - 1)
}
