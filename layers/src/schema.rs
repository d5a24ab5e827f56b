//! The tile schema: which tile layers exist, what one feature of each is, and which attributes
//! with which types it carries. Tiler, styles, API and findings GeoPackage all read it from here.

use geo::Geometry;
use serde::Serialize;

use crate::codes::{CodeList, Label, lists};
use crate::feature::{Value, ValueKind};

/// What the geometries of a thematic layer are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GeometryKind {
    /// Points or multipoints.
    Point,
    /// Lines or multilines.
    Line,
    /// Polygons or multipolygons.
    Polygon,
    /// More than one kind in one layer.
    Mixed,
}

/// A set of features of one meaning, with the very attributes that tiles, findings and API show.
#[derive(Clone, Debug)]
pub struct ThematicLayer {
    /// The tile layer's name (`source-layer`); any script.
    pub id: String,
    /// What one feature is, in one phrase.
    pub description: String,
    /// The kind of its geometries.
    pub geometry: GeometryKind,
    /// Its attributes, in order.
    pub attributes: Vec<Attribute>,
    /// Its features in a fixed order (ascending source row, then piece number).
    pub features: Vec<ThematicFeature>,
}

/// One feature of a [`ThematicLayer`].
#[derive(Clone, Debug, PartialEq)]
pub struct ThematicFeature {
    /// Stable between builds, unique in its layer, at most 2⁵³ − 1.
    pub id: u64,
    /// Longitude and latitude in degrees, valid.
    pub geometry: Geometry<f64>,
    /// One value per attribute of the layer, in its order; null = not assessed, absent in tiles.
    pub values: Vec<Value>,
}

/// A named, typed attribute of a thematic layer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attribute {
    /// The name in tiles and tables.
    pub name: String,
    /// The one type of its values.
    pub kind: ValueKind,
}

/// The contract of one attribute.
#[derive(Debug)]
pub struct AttributeSchema {
    /// The name in tiles and tables.
    pub name: &'static str,
    /// What people call it; `None`: as its code list is called.
    title: Option<Label>,
    /// The one type of its values.
    pub kind: ValueKind,
    /// What it says, for documents.
    pub description: &'static str,
    /// The closed list its values come from, if there is one.
    pub codes: Option<&'static CodeList>,
    /// Whether values are codes added up, so that a feature may have several.
    is_sum: bool,
}

impl AttributeSchema {
    /// What people call it.
    pub fn title(&self) -> &Label {
        let of_list = self.codes.map(|list| &list.label);
        self.title.as_ref().or(of_list).expect("`attribute` and `coded` leave none without a title")
    }

    /// Whether it sorts features into classes, one each: a closed list or a truth value. Its areas by
    /// class add up to the whole, and maps can be coloured by it.
    pub fn is_theme(&self) -> bool {
        !self.is_sum && (self.codes.is_some() || self.kind == ValueKind::Bool)
    }
}

/// The contract of one tile layer.
#[derive(Debug)]
pub struct LayerSchema {
    /// The tile layer's name.
    pub id: &'static str,
    /// What people call it.
    pub title: Label,
    /// What one feature is.
    pub description: &'static str,
    /// The kind of its geometries.
    pub geometry: GeometryKind,
    /// Its attributes in order.
    pub attributes: &'static [AttributeSchema],
}

impl LayerSchema {
    /// The contract of the layer with that name.
    pub fn of(id: &str) -> Option<&'static LayerSchema> {
        LAYERS.iter().find(|layer| layer.id == id)
    }

    /// The place of an attribute in `attributes`.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.attributes.iter().position(|attribute| attribute.name == name)
    }

    /// Its attributes that sort features into classes, in order.
    pub fn themes(&self) -> impl Iterator<Item = &'static AttributeSchema> + use<> {
        self.attributes.iter().filter(|attribute| attribute.is_theme())
    }

    /// The values of one feature, in attribute order, from those that are known; the others null.
    ///
    /// # Panics
    /// If a name is not in the contract: a mistake in the calling code, not in data.
    pub fn values<const N: usize>(&self, known: [(&str, Value); N]) -> Vec<Value> {
        let mut values = vec![Value::Null; self.attributes.len()];
        let mut next = 0;
        for (name, value) in known {
            // Most callers name attributes in their order.
            let is_next = self.attributes.get(next).is_some_and(|attribute| attribute.name == name);
            let place = if is_next { Some(next) } else { self.index(name) };
            let place = place.expect("an attribute of the tile schema");
            values[place] = value;
            next = place + 1;
        }
        values
    }

    /// An empty layer with this contract's name, geometry and attributes.
    pub fn empty_layer(&self) -> ThematicLayer {
        let attributes = self.attributes.iter();
        ThematicLayer {
            id: self.id.to_owned(),
            description: self.description.to_owned(),
            geometry: self.geometry,
            attributes: attributes.map(|a| Attribute { name: a.name.to_owned(), kind: a.kind }).collect(),
            features: Vec::new(),
        }
    }
}

const fn attribute(name: &'static str, kind: ValueKind, title: Label, description: &'static str) -> AttributeSchema {
    AttributeSchema { name, title: Some(title), kind, description, codes: None, is_sum: false }
}
/// An attribute with codes is called as its list is.
const fn coded(
    name: &'static str,
    kind: ValueKind,
    description: &'static str,
    codes: &'static CodeList,
) -> AttributeSchema {
    AttributeSchema { name, title: None, kind, description, codes: Some(codes), is_sum: false }
}
/// Where codes are added up.
const fn coded_sum(name: &'static str, description: &'static str, codes: &'static CodeList) -> AttributeSchema {
    AttributeSchema { name, title: None, kind: Int, description, codes: Some(codes), is_sum: true }
}
/// Where two attributes have the same codes.
const fn coded_as(
    name: &'static str,
    kind: ValueKind,
    title: Label,
    description: &'static str,
    codes: &'static CodeList,
) -> AttributeSchema {
    AttributeSchema { name, title: Some(title), kind, description, codes: Some(codes), is_sum: false }
}

use ValueKind::{Bool, Int, Real, Text};

const KEY: AttributeSchema = attribute("key", Text, Label::new("编号", "Key"), "key of the source row");
const NAME: AttributeSchema = attribute("name", Text, Label::new("名称", "Name"), "name as recorded");
const AREA: AttributeSchema = attribute(
    "area_ha",
    Real,
    Label::new("面积（公顷）", "Area (ha)"),
    "area in hectares, by the area method of the build",
);
const PARCEL: AttributeSchema =
    attribute("parcel", Text, Label::new("所属图斑", "Parcel"), "key of the parcel it is a piece of");
const PLAN_CODE: AttributeSchema =
    attribute("plan_code", Text, Label::new("规划用地代码", "Planned use code"), "planned use code as recorded");
const PLAN_NAME: AttributeSchema =
    attribute("plan_name", Text, Label::new("规划用地名称", "Planned use"), "planned use in words");
const FAR_CLASS: AttributeSchema = coded("far_class", Int, "class of far, 1–5", &lists::FAR_CLASS);
const DENSITY_CLASS: AttributeSchema = coded("density_class", Int, "class of density, 1–5", &lists::DENSITY_CLASS);
const INTENSITY: AttributeSchema = coded("intensity", Int, "composite development intensity, 1–5", &lists::INTENSITY);
const CONFLICT: AttributeSchema = coded("conflict", Text, "conformity with the detailed plan", &lists::CONFLICT);
const CONFLICT_TYPE: AttributeSchema = coded("conflict_type", Text, "largest conflict group", &lists::CONFLICT_TYPE);
const CHANGE: AttributeSchema = coded("change", Text, "what becomes of industrial land here", &lists::CHANGE);
const ZONE: AttributeSchema = coded("zone", Text, "industrial zone", &lists::ZONE);
const APPROVAL: AttributeSchema =
    coded("approval", Text, "whether the approval database has its land", &lists::APPROVAL);
const IN_CONTROL_LINE: AttributeSchema = attribute(
    "in_control_line",
    Bool,
    Label::new("是否在工业用地控制线内", "Inside the control line"),
    "whether most of it lies inside the industrial control line",
);
const ACTION: AttributeSchema = coded("action", Text, "whether the five-year plan acts here", &lists::ACTION);
const IDLE: AttributeSchema =
    attribute("idle", Bool, Label::new("是否闲置", "Idle"), "whether it is idle on the reference date");
const LOW: AttributeSchema =
    attribute("low", Bool, Label::new("是否低强度", "Low intensity"), "whether it is of low intensity");
const DISPOSAL: AttributeSchema = coded("disposal", Text, "what is advised", &lists::DISPOSAL);
const PERMIT_NEW: AttributeSchema = coded_as(
    "permit_new",
    Text,
    Label::new("新建许可", "Permit for new buildings"),
    "permit for new buildings; absent too where none is at stake",
    &lists::PERMIT,
);
const PERMIT_EXT: AttributeSchema = coded_as(
    "permit_ext",
    Text,
    Label::new("改扩建许可", "Permit for extensions"),
    "permit for extensions; absent too where none is at stake",
    &lists::PERMIT,
);
const PARK: AttributeSchema =
    attribute("park", Text, Label::new("所在园区", "Park"), "key of the park that holds the largest share of it");

/// Every tile layer of a project's `findings` tileset, bottom layer first.
pub static LAYERS: &[LayerSchema] = &[
    LayerSchema {
        id: "scope",
        title: Label::new("规划范围", "Study area"),
        description: "the study area",
        geometry: GeometryKind::Polygon,
        attributes: &[KEY, NAME],
    },
    LayerSchema {
        id: "zoning",
        title: Label::new("控规地块", "Detailed plan"),
        description: "a polygon of the detailed plan",
        geometry: GeometryKind::Polygon,
        attributes: &[
            PLAN_CODE,
            PLAN_NAME,
            coded("group", Text, "group of planned uses", &lists::GROUP),
            attribute(
                "mandatory",
                Bool,
                Label::new("是否强制性内容", "Mandatory content"),
                "whether the use is mandatory content of the plan",
            ),
            attribute(
                "far_max",
                Real,
                Label::new("容积率上限", "Maximum floor area ratio"),
                "upper limit of the floor area ratio",
            ),
            attribute(
                "density_max",
                Real,
                Label::new("建筑密度上限", "Maximum density"),
                "upper limit of the building density, as a fraction",
            ),
            attribute(
                "green_min",
                Real,
                Label::new("绿地率下限", "Minimum green ratio"),
                "lower limit of the green space ratio, as a fraction",
            ),
            attribute(
                "height_max",
                Real,
                Label::new("建筑限高（米）", "Maximum height (m)"),
                "building height limit in metres",
            ),
        ],
    },
    LayerSchema {
        id: "zones",
        title: Label::new("产业分区", "Industrial zones"),
        description: "an industrial zone",
        geometry: GeometryKind::Polygon,
        attributes: &[coded("key", Text, "code of the zone", &lists::ZONE), NAME],
    },
    LayerSchema {
        id: "changes",
        title: Label::new("规划前后变化", "Change under the plan"),
        description: "a piece of current or planned industrial land",
        geometry: GeometryKind::Polygon,
        attributes: &[CHANGE, PLAN_CODE, AREA],
    },
    LayerSchema {
        id: "parcels",
        title: Label::new("现状工业图斑", "Industrial patches"),
        description: "a current industrial patch",
        geometry: GeometryKind::Polygon,
        attributes: &[
            KEY,
            NAME,
            AREA,
            attribute(
                "far",
                Real,
                Label::new("容积率值", "Floor area ratio value"),
                "floor area ratio: legal floor area over site area",
            ),
            attribute(
                "density",
                Real,
                Label::new("建筑密度值", "Density value"),
                "building density: footprint over planned construction land, as a fraction",
            ),
            FAR_CLASS,
            DENSITY_CLASS,
            INTENSITY,
            CONFLICT,
            CONFLICT_TYPE,
            attribute(
                "conflict_ha",
                Real,
                Label::new("冲突面积（公顷）", "Conflict area (ha)"),
                "hectares of it that the plan wants for another use",
            ),
            attribute(
                "conflict_pct",
                Real,
                Label::new("冲突占比（%）", "Conflict share (%)"),
                "the same as a percentage of its area",
            ),
            APPROVAL,
            IN_CONTROL_LINE,
            ACTION,
            ZONE,
            PARK,
            IDLE,
            LOW,
            coded_sum("low_reasons", "criteria of low intensity that hold, added up; 0 = none", &lists::LOW_REASONS),
            coded_sum("inefficient", "categories of inefficient land, added up; 0 = none", &lists::INEFFICIENT),
            DISPOSAL,
            attribute(
                "disposal_row",
                Int,
                Label::new("决策表行号", "Row of the decision table"),
                "row of the decision table; 0 = by hand, absent where several rows agree",
            ),
            coded("mode", Int, "mode of remediation", &lists::MODE),
            PERMIT_NEW,
            PERMIT_EXT,
            attribute(
                "permit_until",
                Text,
                Label::new("许可截止日", "Permit until"),
                "last day of what is allowed (ISO 8601): the end of the land-use right",
            ),
        ],
    },
    LayerSchema {
        id: "approvals",
        title: Label::new("审批图斑", "Approvals"),
        description: "a piece of a parcel, by its approval and on one side of the industrial control line",
        geometry: GeometryKind::Polygon,
        attributes: &[
            PARCEL,
            attribute("approval_key", Text, Label::new("审批编号", "Approval"), "key of the approval"),
            attribute(
                "approved",
                Bool,
                Label::new("是否已审批", "Approved"),
                "whether the approval database has this land",
            ),
            attribute("granted", Bool, Label::new("是否已出让", "Granted"), "whether the parcel is granted"),
            attribute(
                "in_control_line",
                Bool,
                Label::new("是否在工业用地控制线内", "Inside the control line"),
                "whether it lies inside the industrial control line",
            ),
            attribute(
                "scenario",
                Text,
                Label::new("处置情形（表9）", "Scenario (table 9)"),
                "scenario of table 9, where approved land was never supplied",
            ),
            AREA,
        ],
    },
    LayerSchema {
        id: "conflicts",
        title: Label::new("控规冲突", "Conflicts with the plan"),
        description: "a piece of a parcel that the plan wants for another use",
        geometry: GeometryKind::Polygon,
        attributes: &[
            PARCEL,
            coded("type", Text, "conflict group", &lists::CONFLICT_TYPE),
            attribute(
                "mandatory",
                Bool,
                Label::new("是否强制性内容", "Mandatory content"),
                "whether the planned use is mandatory content",
            ),
            PLAN_CODE,
            PLAN_NAME,
            AREA,
        ],
    },
    LayerSchema {
        id: "marginal",
        title: Label::new("零星、边角用地", "Marginal land"),
        description: "a small part that the plan cuts off a parcel",
        geometry: GeometryKind::Polygon,
        attributes: &[
            coded("kind", Text, "how it lies among its neighbours", &lists::MARGINAL_KIND),
            PARCEL,
            AREA,
            coded("use", Text, "what it is advised to be used for", &lists::MARGINAL_USE),
            attribute(
                "merge_with",
                Text,
                Label::new("合并对象", "Merge with"),
                "key of the parcel it may be developed with",
            ),
        ],
    },
    LayerSchema {
        id: "parks",
        title: Label::new("园区", "Industrial parks"),
        description: "an industrial park",
        geometry: GeometryKind::Polygon,
        attributes: &[KEY, NAME],
    },
    LayerSchema {
        id: "control_line",
        title: Label::new("工业用地控制线", "Industrial control line"),
        description: "land inside the industrial control line",
        geometry: GeometryKind::Polygon,
        attributes: &[KEY, NAME],
    },
    LayerSchema {
        id: "park_labels",
        title: Label::new("园区标注点", "Park labels"),
        description: "one interior point a park",
        geometry: GeometryKind::Point,
        attributes: &[KEY, NAME],
    },
    LayerSchema {
        id: "labels",
        title: Label::new("图斑标注点", "Patch labels"),
        description: "one interior point a parcel",
        geometry: GeometryKind::Point,
        attributes: &[
            KEY,
            NAME,
            AREA,
            FAR_CLASS,
            DENSITY_CLASS,
            INTENSITY,
            CONFLICT,
            CONFLICT_TYPE,
            ZONE,
            PARK,
            IDLE,
            LOW,
            DISPOSAL,
            PERMIT_NEW,
            PERMIT_EXT,
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn themes_are_the_attributes_that_give_each_patch_one_class() {
        let themes: Vec<&str> = LayerSchema::of("parcels").expect("a layer").themes().map(|theme| theme.name).collect();
        let expected = "far_class density_class intensity conflict conflict_type approval in_control_line action zone \
                        idle low disposal mode permit_new permit_ext";
        assert_eq!(themes, expected.split_whitespace().collect::<Vec<_>>());
    }
}
