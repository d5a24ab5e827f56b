//! How keeping up with the sources is going.

use std::time::SystemTime;

/// What became of the last change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LiveStatus {
    /// Nobody looks at the sources: what is served stays.
    #[default]
    Still,
    /// What is served is made of the sources as they are.
    UpToDate,
    /// A new generation is being made.
    Building,
    /// The sources changed, but no generation could be made of them: an earlier one is served on.
    Failed {
        /// Why, in words for the operator; without folders.
        reason: String,
        /// When it was tried.
        at: SystemTime,
    },
}
