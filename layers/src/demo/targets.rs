//! What the demo city has to add up to: the plan's published totals (hectares) and how many
//! patches of which kind share them. Only this generator knows them; the analyses measure land.
//!
//! Source: 锡林浩特市工业用地整治专项规划 (2024-2035), tables 1–7 and sections 2.3.1–2.3.5, 4.4.1–4.4.4.
//! The five areas of 表3 sum to 294.26 while 表2 says 294.25: the adjustable uses give up a few
//! thousandths each, so that every one of the six figures is met when rounded, and the mandatory part is
//! 116.51 ha and 39.60 % as printed. The table of floor area ratio by density is the one
//! that reproduces 表4, 表5 and 表6 together.

/// What the plan makes of a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    Keep,
    Education,
    Road,
    /// Culture, health, welfare, parks: mandatory content.
    Civic,
    Residential,
    Commercial,
    /// Offices and squares: not mandatory content.
    Office,
}

impl Fate {
    pub(super) const ALL: [Fate; 7] =
        [Fate::Keep, Fate::Education, Fate::Road, Fate::Civic, Fate::Residential, Fate::Commercial, Fate::Office];

    pub(super) fn conflict(self) -> Conflict {
        match self {
            Fate::Keep => Conflict::None,
            Fate::Education | Fate::Road | Fate::Civic => Conflict::Mandatory,
            Fate::Residential | Fate::Commercial | Fate::Office => Conflict::NonMandatory,
        }
    }

    /// Hectares of current industrial land with this fate (表2, 表3; mandatory 116.51, 4.4.1).
    pub(super) fn hectares(self) -> f64 {
        match self {
            Fate::Keep => 384.98,
            Fate::Education => 39.70,
            Fate::Road => 11.10,
            Fate::Civic => 65.71,
            Fate::Residential => 122.846,
            Fate::Commercial => 39.526,
            Fate::Office => 15.368,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Conflict {
    None,
    Mandatory,
    NonMandatory,
}

/// Where a patch lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Region {
    /// 中小企业园.
    Sme,
    /// 建材绒毛园.
    Wool,
    /// Outside the parks, inside the industrial control line.
    Line,
    /// Anywhere else in the city.
    City,
}

/// Class of floor area ratio and of density, 1–5 each.
pub(super) type Cell = (u8, u8);

/// 表4 by 表5: class of floor area ratio and density, hectares.
pub(super) const CELLS: [(Cell, f64); 12] = [
    ((1, 1), 21.41),
    ((1, 2), 2.22),
    ((2, 2), 322.79),
    ((2, 3), 88.32),
    ((3, 2), 8.14),
    ((3, 3), 100.25),
    ((3, 4), 64.59),
    ((4, 3), 6.32),
    ((4, 4), 12.44),
    ((4, 5), 33.59),
    ((5, 4), 11.84),
    ((5, 5), 7.32),
];

/// Low by the first criterion of 4.4.3: density under 20 % or floor area ratio under 0.3.
pub(super) fn is_low(cell: Cell) -> bool {
    cell.0 <= 2 || cell.1 <= 2
}

/// Current industrial patches (表1).
pub(super) const PATCHES: usize = 571;

/// A fate, a region, and how many patches of which cell share them.
type Count = (Fate, Region, &'static [(Cell, usize)]);

/// How many patches of which fate, region and cell. Column sums are the counts of 表4 × 表5, row
/// groups those of 表1 and 表3.
pub(super) const COUNTS: [Count; 14] = [
    (
        Fate::Keep,
        Region::Sme,
        &[((2, 2), 2), ((2, 3), 1), ((3, 3), 26), ((3, 4), 24), ((4, 3), 1), ((4, 4), 4), ((4, 5), 8)],
    ),
    (
        Fate::Keep,
        Region::Wool,
        &[
            ((1, 1), 1),
            ((2, 2), 9),
            ((2, 3), 3),
            ((3, 3), 50),
            ((3, 4), 34),
            ((4, 3), 3),
            ((4, 4), 6),
            ((4, 5), 9),
            ((5, 4), 2),
            ((5, 5), 1),
        ],
    ),
    (
        Fate::Keep,
        Region::Line,
        &[((2, 2), 25), ((3, 3), 9), ((3, 4), 2), ((4, 3), 2), ((4, 4), 2), ((4, 5), 1), ((5, 4), 4)],
    ),
    (Fate::Education, Region::City, &[((1, 1), 1), ((2, 2), 6), ((2, 3), 3), ((3, 3), 4), ((3, 4), 4)]),
    (Fate::Road, Region::Line, &[((2, 3), 1), ((3, 3), 1), ((3, 4), 6), ((4, 4), 2), ((4, 5), 5)]),
    (Fate::Civic, Region::Sme, &[((2, 3), 1), ((3, 4), 3), ((4, 5), 3)]),
    (
        Fate::Civic,
        Region::Wool,
        &[((1, 1), 1), ((2, 2), 1), ((2, 3), 2), ((3, 2), 1), ((3, 3), 5), ((3, 4), 11), ((4, 5), 2), ((5, 5), 1)],
    ),
    (
        Fate::Civic,
        Region::City,
        &[
            ((1, 1), 2),
            ((1, 2), 1),
            ((2, 2), 9),
            ((2, 3), 1),
            ((3, 3), 2),
            ((3, 4), 6),
            ((4, 3), 1),
            ((4, 4), 3),
            ((4, 5), 18),
            ((5, 5), 6),
        ],
    ),
    (Fate::Residential, Region::Wool, &[((1, 1), 3), ((2, 2), 1), ((2, 3), 11), ((3, 3), 2), ((3, 4), 2), ((4, 5), 1)]),
    (
        Fate::Residential,
        Region::City,
        &[
            ((1, 1), 10),
            ((1, 2), 1),
            ((2, 2), 29),
            ((2, 3), 27),
            ((3, 2), 2),
            ((3, 3), 1),
            ((3, 4), 4),
            ((4, 4), 1),
            ((4, 5), 16),
            ((5, 5), 3),
        ],
    ),
    (Fate::Commercial, Region::Sme, &[((2, 3), 4), ((4, 5), 8)]),
    (Fate::Commercial, Region::Line, &[((2, 3), 2), ((3, 4), 3)]),
    (
        Fate::Commercial,
        Region::City,
        &[
            ((1, 1), 6),
            ((2, 2), 10),
            ((2, 3), 10),
            ((3, 2), 1),
            ((3, 3), 2),
            ((3, 4), 4),
            ((4, 3), 1),
            ((4, 4), 2),
            ((4, 5), 26),
            ((5, 5), 14),
        ],
    ),
    (
        Fate::Office,
        Region::City,
        &[((1, 1), 2), ((1, 2), 1), ((2, 2), 5), ((2, 3), 5), ((3, 4), 1), ((4, 4), 1), ((4, 5), 5), ((5, 5), 2)],
    ),
];

/// A park's published figures: current industrial land (表1), the part of it that stays industrial
/// (ours; the plan does not say), planned industrial land and in how many plots (2.3.2), marginal
/// pieces and their hectares (表7).
pub(super) struct ParkTarget {
    pub(super) region: Region,
    pub(super) hectares: f64,
    pub(super) keep: f64,
    pub(super) planned: f64,
    pub(super) plots: usize,
}

pub(super) const PARKS: [ParkTarget; 2] = [
    ParkTarget { region: Region::Sme, hectares: 47.13, keep: 38.0, planned: 60.51, plots: 18 },
    ParkTarget { region: Region::Wool, hectares: 191.63, keep: 163.0, planned: 186.48, plots: 28 },
];

/// Planned industrial land where there is none today (表2).
pub(super) const NEW: f64 = 225.04;
/// Commercial land of the plan inside the control line: the line covers 399.51 ha of current
/// industrial land (2.3.3: 386.40 + 13.11), that is what stays, the roads and this.
pub(super) const LINE_COMMERCIAL: f64 = 399.51 - 384.98 - 11.10;
/// Of the land that changes use: not granted (294.25 − 278.77, 2.3.2).
pub(super) const NOT_GRANTED: f64 = 15.48;
/// Not in the approval database: inside the control line, and elsewhere (2.3.3).
pub(super) const UNAPPROVED: (f64, f64) = (13.11, 32.88 - 13.11);
/// Approval pieces (2.3.3).
pub(super) const APPROVAL_PIECES: usize = 729;
/// Idle land by conflict (4.4.2).
pub(super) const IDLE: [(Conflict, f64); 3] =
    [(Conflict::Mandatory, 5.09), (Conflict::NonMandatory, 7.80), (Conflict::None, 19.98)];
/// Land that the first criterion of 4.4.3 calls low, by conflict; without conflict it is 1.42 ha
/// more than published, which is marked as no low-intensity land.
pub(super) const LOW: [(Conflict, f64); 3] =
    [(Conflict::Mandatory, 85.41), (Conflict::NonMandatory, 155.55), (Conflict::None, 200.50 + NOT_LOW)];
/// Land of a low class that is marked as no low-intensity land.
pub(super) const NOT_LOW: f64 = 1.42;
/// Marginal pieces and hectares (表7) in 中小企业园, 建材绒毛园 and everywhere else.
pub(super) const MARGINAL: [(Option<Region>, usize, f64); 3] =
    [(Some(Region::Sme), 78, 5.48), (Some(Region::Wool), 267, 21.85), (None, 701 - 78 - 267, 70.89 - 5.48 - 21.85)];
/// The study area (2.3.1), hectares.
pub(super) const SCOPE: f64 = 6232.0;
