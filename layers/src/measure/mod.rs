//! Areas and lengths that are true on the ellipsoid.

pub mod planar;
pub mod plane;
pub mod sum;

pub use planar::planar_area;
pub use plane::{EqualAreaPlane, ellipsoidal_area};
pub use sum::HectareSum;

/// Semi-major axis of CGCS2000 in metres (GB 22021-2008, table 1).
pub const SEMI_MAJOR: f64 = 6_378_137.0;
/// Flattening of CGCS2000. WGS 84's differs by 2e-11: 1e-4 m on the polar axis.
pub const FLATTENING: f64 = 1.0 / 298.257_222_101;
