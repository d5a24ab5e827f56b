//! What each [`Check`] asks and what to do about a flaw, in words: the text of reports and of
//! `docs/quality.md`.

use super::catalogue::{About, Check, Severity};
use crate::codes::Label;

/// A check in its usual form; what is unusual about it is added by the methods below.
fn asks(severity: Severity, title: Label, question: &'static str, hint: Label) -> About {
    About { severity, title, question, thresholds: &[], hint, unit: None, can_be_allowed: true }
}

impl About {
    fn by(self, thresholds: &'static [&'static str]) -> Self {
        Self { thresholds, ..self }
    }
    fn in_unit(self, unit: &'static str) -> Self {
        Self { unit: Some(unit), ..self }
    }
    fn never_allowed(self) -> Self {
        Self { can_be_allowed: false, ..self }
    }
}

pub(super) fn about(check: Check) -> About {
    use Severity::{Error, Info, Warning};
    let l = Label::new;
    match check {
        Check::SwappedAxes => asks(
            Error,
            l("疑似坐标轴颠倒", "Axes probably swapped"),
            "Do east and north stand in the right order? Suspected where rows lie outside the reference system's area of use and would lie inside if their coordinates changed places, or where a layer would meet the parcels only then.",
            l(
                "GeoPackage 坐标一律东（经度）在前；按正确的轴序重新导出",
                "a GeoPackage has east or longitude first, whatever the EPSG code says; export again in that order",
            ),
        )
        .by(&["outside_share"]),
        Check::WrongCrs => asks(
            Error,
            l("疑似坐标系有误", "Reference system probably wrong"),
            "Is the declared reference system that of the data? Suspected where rows lie more than 1 degree outside its area of use, or where a layer would meet the parcels if it lay one or two zones further east or west.",
            l(
                "核对中央经线、带号及坐标是否含带号；正确的 EPSG 代码写入图层的 crs = …",
                "look at central meridian, zone and whether eastings begin with the zone; write the right EPSG code into the layer: crs = …",
            ),
        )
        .by(&["outside_share"]),
        Check::LayersApart => asks(
            Error,
            l("图层不在图斑处", "Layer lies apart from the parcels"),
            "Does every layer that the analyses use meet the extent of the parcels layer?",
            l("核对文件、表与坐标系", "look whether file, table and reference system are the right ones"),
        ),
        Check::MisplacedRows => asks(
            Warning,
            l("远离使用范围的要素", "Rows far from the area of use"),
            "Do single rows lie more than 1 degree outside the area of use of their reference system?",
            l("核对该行坐标，或删除该行", "correct the coordinates of the row, or delete it"),
        )
        .by(&["outside_share"]),
        Check::UnreadableGeometry => asks(
            Warning,
            l("无可用几何", "No usable geometry"),
            "Has every row a geometry that can be read, is not empty and has an extent? Rows without are left out.",
            l("补绘图形，或删除该行", "draw the geometry, or delete the row"),
        ),
        Check::InvalidGeometry => asks(
            Warning,
            l("几何无效（已修复）", "Invalid geometry (repaired)"),
            "Is every geometry valid (OGC 06-103r4 §6.1.11)? What is not is repaired before it is analysed; the amount is by how much its area changed.",
            l("在数据源中修复（QGIS：修正几何图形）", "repair it at the source (QGIS: fix geometries)"),
        )
        .in_unit("m²"),
        Check::NoArea => asks(
            Warning,
            l("面图层中的点或线", "Points or lines among areas"),
            "Is every row of a layer of areas a polygon? Others are left out of the analyses.",
            l("移到另一图层，或重绘为面", "move the row to another layer, or draw it as a polygon"),
        ),
        Check::DuplicateGeometry => asks(
            Warning,
            l("重复图形", "Same polygon twice"),
            "Is the same polygon, vertex by vertex, in a layer of parcels or plan polygons more than once? The amount is its area.",
            l("删除其一；若为同一宗地的多行记录，先合并", "delete one; where they are records of one parcel, join them first"),
        )
        .in_unit("m²"),
        Check::NoPatches => asks(
            Error,
            l("没有工业图斑", "No industrial patch"),
            "Is any row of the parcels layer an industrial patch?",
            l(
                "核对编码体系与用地代码字段；若图层全部为工业图斑，设 subject = \"all\"",
                "look at the code system and the column of use codes, or set subject = \"all\" if the layer holds nothing else",
            ),
        )
        .never_allowed(),
        Check::MissingKeys => asks(
            Error,
            l("缺少标识", "Missing keys"),
            "Has every industrial patch a key? Without one it cannot be found again.",
            l(
                "补填标识，或改用其他标识字段：fields = { key = \"…\" }",
                "fill the keys in, or name another key column: fields = { key = \"…\" }",
            ),
        )
        .never_allowed(),
        Check::DuplicateKeys => asks(
            Error,
            l("标识重复", "Duplicate keys"),
            "Is every industrial patch's key its own? Not asked where repeated_keys = \"merge\" says that rows with one key are parts of one parcel.",
            l(
                "改用取值唯一的字段：fields = { key = \"…\" }；若为同一宗地的多个部分，设 repeated_keys = \"merge\"",
                "name a column whose values are unique: fields = { key = \"…\" }; or, if they are parts of one parcel, set repeated_keys = \"merge\"",
            ),
        )
        .never_allowed(),
        Check::DuplicatePlanKeys => asks(
            Warning,
            l("规划地块标识重复", "Duplicate keys of plan polygons"),
            "Is every plan polygon's key its own?",
            l("核对地块编号", "correct the plot numbers"),
        ),
        Check::CodeSystem => asks(
            Error,
            l("疑似编码体系有误", "Code system probably wrong"),
            "Do the codes of a layer belong to the declared system? Suspected where more of its codes than the threshold are not in it.",
            l(
                "核对图层的 codes = …；同一代码在不同标准中含义不同",
                "look at the layer's codes = …; the same code means different uses in different standards",
            ),
        )
        .by(&["unknown_share"]),
        Check::UnknownCodes => asks(
            Warning,
            l("编码不在体系内", "Codes not in the system"),
            "Is every use code in the declared system? Rows with others are not assessed.",
            l("改正代码，或在 [codes.…] 表中补充", "correct the code, or add it to a [codes.…] table"),
        ),
        Check::MissingCodes => asks(
            Warning,
            l("缺少用地代码", "Missing use codes"),
            "Has every row a use code? Rows without are not assessed.",
            l("补填用地代码", "fill the use code in"),
        ),
        Check::ShareUnit => asks(
            Error,
            l("疑似百分数与小数混淆", "Percent and fraction probably confused"),
            "Are shares written in the layer's share_unit? Suspected where nine in ten of the values of a column above zero are above 1.5 though the unit is a fraction, or at most 1 though it is percent.",
            l(
                "0.35 设 share_unit = \"fraction\"，35 设 share_unit = \"percent\"",
                "set share_unit = \"fraction\" for 0.35 and \"percent\" for 35",
            ),
        ),
        Check::MistypedValues => asks(
            Warning,
            l("数值字段中的文字", "Text where a number belongs"),
            "Is there a number where a number belongs? What is none counts as not recorded.",
            l("改为数字，或留空", "write a number, or leave it empty"),
        ),
        Check::NegativeValues => asks(
            Warning,
            l("负值", "Values below zero"),
            "Are areas, ratios and limits not below zero? What is below counts as not recorded.",
            l("改正数值，或留空", "correct the value, or leave it empty"),
        ),
        Check::FarRange => asks(
            Warning,
            l("容积率过大", "Floor area ratio too large"),
            "Is the floor area ratio of every patch at most the threshold? The amount is the ratio.",
            l("核对建筑面积与用地面积及其单位", "look at floor area and site area and their units"),
        )
        .by(&["far_max"])
        .in_unit("FAR"),
        Check::DensityRange => asks(
            Warning,
            l("建筑密度超过 100 %", "Density above 100 %"),
            "Is the building density of every patch at most 100 %? The amount is the density.",
            l("核对基底面积与用地面积，或 share_unit", "look at footprint and land, or at share_unit"),
        )
        .in_unit("%"),
        Check::PlanLimits => asks(
            Warning,
            l("规划指标异常", "Limits of the plan not believable"),
            "Is the plan's upper limit of the floor area ratio at most the threshold, and are its limits of density and green space at most 100 %?",
            l("核对指标及 share_unit", "look at the limits and at share_unit"),
        )
        .by(&["far_max"]),
        Check::FarBelowDensity => asks(
            Warning,
            l("容积率小于建筑密度", "Floor area ratio below density"),
            "Is the floor area ratio at least the density? A storey is at least its footprint, so less means floor area that is not registered, or bad data. The amount is by how much it is below.",
            l("核对未登记建筑面积，或基底面积", "look for floor area that is not registered, or at the footprint"),
        ),
        Check::FarWithoutFootprint => asks(
            Warning,
            l("有容积率而密度为零", "Floor area without a footprint"),
            "Has a patch with floor area a density above zero?",
            l("补测建筑基底面积", "survey the footprint"),
        ),
        Check::FootprintWithoutFar => asks(
            Info,
            l("有建筑而无合法建筑面积", "Buildings without legal floor area"),
            "Has a patch with a footprint a floor area ratio above zero? Only legal floor area counts, so this may be true.",
            l("核对是否为违法建设", "look whether the buildings are registered"),
        ),
        Check::AreaMismatch => asks(
            Warning,
            l("登记面积与图形面积不符", "Recorded area is not that of the geometry"),
            "Does the recorded area differ from the ellipsoidal area of the geometry by no more than both thresholds? The amount is the difference, recorded less drawn.",
            l("核对面积单位 area_unit、图形及登记面积", "look at area_unit, the geometry and the recorded area"),
        )
        .by(&["area_tolerance", "area_tolerance_m2"])
        .in_unit("m²"),
        Check::Overlaps => asks(
            Warning,
            l("图斑重叠", "Patches overlap"),
            "Do two industrial patches have more land in common than the threshold? It counts for both. The amount is the land in common.",
            l("在数据源中消除重叠（拓扑检查）", "remove the overlap at the source (topology check)"),
        )
        .by(&["overlap_m2"])
        .in_unit("m²"),
        Check::Gaps => asks(
            Warning,
            l("图斑缝隙", "Gaps between parcels"),
            "Are there holes between the rows of the parcels layer that are at most as large, or narrower, than the thresholds? Holes narrower than 1 mm or below 0.01 m² are rounding. The amount is the area of the hole.",
            l("在数据源中捕捉公共边界", "snap the shared borders at the source"),
        )
        .by(&["gap_m2", "gap_width_m"])
        .in_unit("m²"),
        Check::PlanOverlaps => asks(
            Warning,
            l("规划地块重叠", "Plan polygons overlap"),
            "Do two plan polygons have more land in common than the threshold? The first in the layer has it. The amount is the land in common.",
            l("在数据源中消除重叠（拓扑检查）", "remove the overlap at the source (topology check)"),
        )
        .by(&["overlap_m2"])
        .in_unit("m²"),
        Check::PlanGaps => asks(
            Warning,
            l("规划地块缝隙", "Gaps between plan polygons"),
            "Are there holes between plan polygons that are at most as large, or narrower, than the thresholds? The amount is the area of the hole.",
            l("在数据源中捕捉公共边界", "snap the shared borders at the source"),
        )
        .by(&["gap_m2", "gap_width_m"])
        .in_unit("m²"),
        Check::Uncovered => asks(
            Warning,
            l("规划未覆盖", "Not covered by the plan"),
            "Does the plan cover every industrial patch but for the threshold? The amount is the land without a planned use.",
            l("核对规划图层是否完整", "look whether the plan layer is complete"),
        )
        .by(&["uncovered_share"])
        .in_unit("m²"),
        Check::RecodedText => asks(
            Info,
            l("文字编码非 UTF-8", "Text that was not UTF-8"),
            "Is every text UTF-8, as the standard wants? Others were read as GB 18030.",
            l("以 UTF-8 重新导出", "export again as UTF-8"),
        ),
    }
}
