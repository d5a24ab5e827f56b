//! The parts that themes are put together from: each draws one kind of thing, in one file.

pub(crate) mod approvals;
pub(crate) mod cells;
pub(crate) mod changes;
pub(crate) mod conflicts;
pub(crate) mod context;
pub(crate) mod labels;
pub(crate) mod marginal;
pub(crate) mod parcels;
pub(crate) mod plain;
pub(crate) mod zones;
