//! Which boxes meet a box: a packed R-tree over bounding rectangles.

use geo::{BoundingRect, MultiPolygon, Rect};
use geo_index::rtree::sort::HilbertSort;
use geo_index::rtree::{RTree, RTreeBuilder, RTreeIndex};

/// A spatial index over polygons, by their place in a list.
pub struct BoxIndex {
    boxes: Boxes,
    /// Tree item → place in the list (empty geometries have no box).
    places: Vec<usize>,
}

/// So few boxes are looked at one by one: a tree would cost more.
const FEW: usize = 16;

enum Boxes {
    Few(Vec<Rect<f64>>),
    Tree(RTree<f64>),
}

impl BoxIndex {
    /// Indexes polygons by their bounding rectangles.
    pub fn new<'a>(polygons: impl IntoIterator<Item = &'a MultiPolygon<f64>>) -> Self {
        let boxes = polygons.into_iter().enumerate();
        let boxes: Vec<(usize, Rect<f64>)> =
            boxes.filter_map(|(place, polygon)| Some((place, polygon.bounding_rect()?))).collect();
        if boxes.len() <= FEW {
            let (places, boxes) = boxes.into_iter().unzip();
            return Self { boxes: Boxes::Few(boxes), places };
        }
        let count = u32::try_from(boxes.len()).expect("a layer held in memory has fewer than 2^32 features");
        let mut builder = RTreeBuilder::<f64>::new(count);
        for (_, rect) in &boxes {
            builder.add(rect.min().x, rect.min().y, rect.max().x, rect.max().y);
        }
        let tree = builder.finish::<HilbertSort>();
        Self { boxes: Boxes::Tree(tree), places: boxes.into_iter().map(|(place, _)| place).collect() }
    }

    /// Places of the polygons whose boxes meet the box of `polygon`, ascending.
    pub fn near(&self, polygon: &MultiPolygon<f64>) -> Vec<usize> {
        polygon.bounding_rect().map(|rect| self.near_box(rect)).unwrap_or_default()
    }

    /// Places of the polygons whose boxes meet a box, ascending.
    pub fn near_box(&self, rect: Rect<f64>) -> Vec<usize> {
        let (min, max) = (rect.min(), rect.max());
        match &self.boxes {
            Boxes::Few(boxes) => {
                let meets = |other: &Rect<f64>| {
                    let (low, high) = (other.min(), other.max());
                    min.x <= high.x && low.x <= max.x && min.y <= high.y && low.y <= max.y
                };
                boxes.iter().zip(&self.places).filter(|(other, _)| meets(other)).map(|(_, place)| *place).collect()
            }
            Boxes::Tree(tree) => {
                let items = tree.search(min.x, min.y, max.x, max.y);
                let mut places: Vec<usize> = items.into_iter().map(|item| self.places[item as usize]).collect();
                places.sort_unstable();
                places
            }
        }
    }
}
