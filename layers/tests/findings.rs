//! The findings GeoPackage gives back what was written, by key and by place.

use geo::{Geometry, Rect, coord};
use layers::findings::{self, Dress, Findings};
use layers::rules::RuleSet;
use layers::schema::{LayerSchema, ThematicFeature};
use layers::{ThematicLayer, Value};

fn parcels() -> ThematicLayer {
    let schema = LayerSchema::of("parcels").expect("a layer of the schema");
    let mut layer = schema.empty_layer();
    for (id, key, x) in [(7, "甲/1", 0.0), (8, "乙'2", 1.0)] {
        let square = Rect::new(coord! { x: x, y: 40.0 }, coord! { x: x + 1.0, y: 41.0 }).to_polygon();
        let values = schema.values([("key", key.into()), ("area_ha", 1.0.into()), ("far_class", 3i64.into())]);
        layer.features.push(ThematicFeature { id, geometry: Geometry::Polygon(square), values });
    }
    layer
}

#[test]
fn a_parcel_is_found_by_key_and_by_place() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("查询 ?#%.gpkg");
    findings::write(&file, &[parcels()], Some(&RuleSet::default()), &Dress::default())?;
    let findings = Findings::open(&file)?;
    let found = findings.parcel("乙'2")?.expect("it was written");
    assert_eq!((found.layer.as_str(), found.id), ("parcels", 8));
    let expected: [(String, Value); 3] =
        [("key".into(), "乙'2".into()), ("area_ha".into(), 1.0.into()), ("far_class".into(), 3i64.into())];
    assert_eq!(found.attributes, expected);
    assert!(findings.parcel("丙")?.is_none());
    let here = findings.at(0.5, 40.5, 1e-6, 10)?;
    assert_eq!(here.iter().map(|found| found.id).collect::<Vec<_>>(), [7]);
    assert!(findings.at(5.0, 40.5, 1e-6, 10)?.is_empty());
    assert!(findings.verify()?);
    let metadata: String = rusqlite::Connection::open(&file)?.query_row(
        "SELECT metadata FROM gpkg_metadata JOIN gpkg_metadata_reference ON md_file_id = id",
        [],
        |row| row.get(0),
    )?;
    assert!(metadata.contains(RuleSet::default().hash()), "{metadata}");
    Ok(())
}

#[test]
fn the_same_findings_are_the_same_bytes() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let (a, b) = (folder.path().join("a.gpkg"), folder.path().join("b.gpkg"));
    findings::write(&a, &[parcels()], Some(&RuleSet::default()), &Dress::default())?;
    findings::write(&b, &[parcels()], Some(&RuleSet::default()), &Dress::default())?;
    assert!(std::fs::read(a)? == std::fs::read(b)?);
    Ok(())
}
