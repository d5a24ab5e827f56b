//! How long answers may be kept: for good where the URL names the version, shortly where it does not.

use std::collections::BTreeMap;
use std::time::Duration;

use actix_web::http::header::HeaderValue;

use crate::config::server::Cache;

/// How long an answer may be kept whose URL does not name its version (RFC 9111 §5.2.2, RFC 5861).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CachePolicy {
    /// Seconds without asking again.
    pub max_age_s: u32,
    /// Seconds after that in which the old answer may be shown while the new one is fetched.
    pub stale_while_revalidate_s: u32,
    /// Seconds after that in which the old answer may be shown if the server fails.
    pub stale_if_error_s: u32,
}

impl Default for CachePolicy {
    /// For tiles: a minute, and ten more while asking; a day where there is no server.
    fn default() -> Self {
        Self { max_age_s: 60, stale_while_revalidate_s: 600, stale_if_error_s: 86_400 }
    }
}

impl CachePolicy {
    /// To be asked about each time, unless the server fails.
    pub const ASKING: Self = Self { max_age_s: 0, stale_while_revalidate_s: 0, stale_if_error_s: 86_400 };

    /// What holds for an answer of two parts: the shorter of each.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            max_age_s: self.max_age_s.min(other.max_age_s),
            stale_while_revalidate_s: self.stale_while_revalidate_s.min(other.stale_while_revalidate_s),
            stale_if_error_s: self.stale_if_error_s.min(other.stale_if_error_s),
        }
    }

    /// The value of `Cache-Control`. Not `public`: where a proxy asks for a password, its cache keeps
    /// nothing for those who have none.
    pub fn cache_control(self) -> String {
        let mut value = format!("max-age={}", self.max_age_s);
        let stale =
            [("stale-while-revalidate", self.stale_while_revalidate_s), ("stale-if-error", self.stale_if_error_s)];
        for (name, seconds) in stale.into_iter().filter(|(_, seconds)| *seconds > 0) {
            value += &format!(", {name}={seconds}");
        }
        value
    }

    fn written(self) -> HeaderValue {
        HeaderValue::try_from(self.cache_control()).expect("words and digits are a header value")
    }
}

/// The policies of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachePolicies {
    /// For documents and pages: they lead to the current versions of everything else.
    pub documents: CachePolicy,
    /// For tiles and archives at URLs without a version.
    pub tiles: CachePolicy,
    /// The same for single tilesets, by id.
    pub tilesets: BTreeMap<String, CachePolicy>,
}

impl Default for CachePolicies {
    fn default() -> Self {
        Self { documents: CachePolicy::ASKING, tiles: CachePolicy::default(), tilesets: BTreeMap::new() }
    }
}

impl CachePolicies {
    /// As the settings of a server say.
    pub fn of_settings(cache: &Cache) -> Self {
        let seconds = |time: Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        let tiles = CachePolicy {
            max_age_s: seconds(cache.max_age),
            stale_while_revalidate_s: seconds(cache.stale_while_revalidate),
            stale_if_error_s: seconds(cache.stale_if_error),
        };
        let single = cache.tilesets.iter().map(|one| (one.tileset.clone(), seconds(one.max_age)));
        let tilesets = single.map(|(id, max_age_s)| (id, CachePolicy { max_age_s, ..tiles })).collect();
        let documents = CachePolicy { stale_if_error_s: tiles.stale_if_error_s, ..CachePolicy::ASKING };
        Self { documents, tiles, tilesets }
    }

    /// For tiles of these tilesets joined.
    pub fn of<'a>(&self, tilesets: impl IntoIterator<Item = &'a str>) -> CachePolicy {
        let each = tilesets.into_iter().map(|id| self.tilesets.get(id).copied().unwrap_or(self.tiles));
        each.reduce(CachePolicy::and).unwrap_or(self.tiles)
    }
}

/// How long one answer may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// For good: its URL names the version that it is of.
    Forever,
    /// As a policy says.
    For(CachePolicy),
}

/// The values of `Cache-Control` of the policies of a server, written once.
#[derive(Debug)]
pub(crate) struct Written(Vec<(CachePolicy, HeaderValue)>);

impl Written {
    /// Writes those of single tilesets, documents and tiles.
    pub(crate) fn of(policies: &CachePolicies) -> Self {
        let all = policies.tilesets.values().chain([&policies.documents, &policies.tiles]);
        Self(all.map(|policy| (*policy, policy.written())).collect())
    }

    /// The value for one answer.
    pub(super) fn value(&self, keep: Keep) -> HeaderValue {
        let Keep::For(policy) = keep else {
            return HeaderValue::from_static("public, max-age=31536000, immutable");
        };
        let known = self.0.iter().find(|(known, _)| *known == policy);
        known.map_or_else(|| policy.written(), |(_, value)| value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_zero_is_not_said() {
        assert_eq!(
            CachePolicy::default().cache_control(),
            "max-age=60, stale-while-revalidate=600, stale-if-error=86400"
        );
        assert_eq!(CachePolicy::ASKING.cache_control(), "max-age=0, stale-if-error=86400");
    }

    #[test]
    fn settings_give_what_holds_without_them() {
        let settings = crate::config::server::ServerConfig::default();
        assert_eq!(CachePolicies::of_settings(&settings.cache), CachePolicies::default());
    }

    #[test]
    fn tilesets_joined_are_kept_as_short_as_each_of_them() {
        let mut policies = CachePolicies::default();
        let short = CachePolicy { max_age_s: 5, stale_while_revalidate_s: 9_999, stale_if_error_s: 0 };
        policies.tilesets.insert("a".to_owned(), short);
        assert_eq!(policies.of(["b"]), CachePolicy::default());
        assert_eq!(policies.of(["a"]), short);
        let both = CachePolicy { max_age_s: 5, stale_while_revalidate_s: 600, stale_if_error_s: 0 };
        assert_eq!(policies.of(["b", "a"]), both);
    }
}
