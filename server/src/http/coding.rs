//! Content codings, and which of them a client accepts (RFC 9110 §12.5.3).

use actix_web::http::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};

use crate::error::ApiError;

/// How the bytes of a response are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// As they are.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

impl Coding {
    /// The codings of documents: the smallest first.
    pub(super) const OF_DOCUMENTS: [Self; 4] = [Self::Brotli, Self::Zstd, Self::Gzip, Self::Identity];

    /// The codings of tiles: as they are stored, if that is compressed, costs nothing.
    pub(super) fn of_tiles(stored: Self) -> [Self; 5] {
        let first = if stored == Self::Identity { Self::Gzip } else { stored };
        [first, Self::Gzip, Self::Zstd, Self::Brotli, Self::Identity]
    }

    /// Its name in `Content-Encoding`; none for bytes as they are.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// The same as a header.
    pub(super) fn header(self) -> Option<HeaderValue> {
        const GZIP: HeaderValue = HeaderValue::from_static("gzip");
        const BROTLI: HeaderValue = HeaderValue::from_static("br");
        const ZSTD: HeaderValue = HeaderValue::from_static("zstd");
        match self {
            Self::Identity => None,
            Self::Gzip => Some(GZIP),
            Self::Brotli => Some(BROTLI),
            Self::Zstd => Some(ZSTD),
        }
    }
}

/// What a client accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Accepted {
    gzip: f32,
    brotli: f32,
    zstd: f32,
    identity: f32,
}

impl Accepted {
    /// What `Accept-Encoding` says. Without it, bytes as they are: who can do more says so.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        // Bytes as they are will do unless excluded, but rather anything that was asked for.
        const UNSAID: f32 = f32::MIN_POSITIVE;
        let (mut gzip, mut brotli, mut zstd, mut identity, mut any) = (None, None, None, None, None);
        let values = headers.get_all(ACCEPT_ENCODING).map(|value| value.to_str().unwrap_or_default());
        for item in values.flat_map(|value| value.split(',')) {
            let (name, quality) = weighed(item);
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            let weight = match () {
                () if is("gzip") || is("x-gzip") => &mut gzip,
                () if is("br") => &mut brotli,
                () if is("zstd") => &mut zstd,
                () if is("identity") => &mut identity,
                () if is("*") => &mut any,
                () => continue,
            };
            *weight = Some(quality);
        }
        // Who accepts anything can read gzip; of the others one cannot be as sure.
        Self {
            gzip: gzip.or(any).unwrap_or(0.0),
            brotli: brotli.unwrap_or(0.0),
            zstd: zstd.unwrap_or(0.0),
            identity: identity.or(any).unwrap_or(UNSAID),
        }
    }

    /// The weight of a coding, 0 if it is not accepted.
    pub(super) fn weight(self, coding: Coding) -> f32 {
        match coding {
            Coding::Identity => self.identity,
            Coding::Gzip => self.gzip,
            Coding::Brotli => self.brotli,
            Coding::Zstd => self.zstd,
        }
    }

    /// The accepted coding of highest weight, of equal ones the first in our order.
    pub(super) fn best(self, ours: &[Coding]) -> Result<Coding, ApiError> {
        let mut best = None;
        for &coding in ours {
            let weight = self.weight(coding);
            if weight > best.map_or(0.0, |(_, weight)| weight) {
                best = Some((coding, weight));
            }
        }
        best.map(|(coding, _)| coding).ok_or(ApiError::NotAcceptable)
    }
}

/// A coding and its weight, 1 where none is given and 0 where it is no weight.
fn weighed(item: &str) -> (&str, f32) {
    let Some((name, parts)) = item.split_once(';') else { return (item.trim(), 1.0) };
    let (name, mut parts) = (name.trim(), parts.split(';').map(str::trim));
    let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
    let number = |weight: &str| weight.parse().ok().filter(|weight: &f32| (0.0..=1.0).contains(weight));
    (name, weight.map_or(1.0, |weight| number(weight).unwrap_or(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn accepted(value: &str) -> Accepted {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_str(value).expect("a header value"));
        Accepted::of(&headers)
    }

    #[test]
    fn tiles_are_sent_as_stored_unless_another_coding_is_preferred() {
        let tile = |value: &str| accepted(value).best(&Coding::of_tiles(Coding::Gzip)).ok();
        for value in ["gzip", "gzip, deflate, br, zstd", "*", "deflate, GZIP", "gzip;q=0.1, identity;q=0.1", "x-gzip"] {
            assert_eq!(tile(value), Some(Coding::Gzip), "{value}");
        }
        for value in ["br", "br, gzip;q=0.9", "br;q=0.5, *;q=0.1", "br, *;q=0", "br, identity"] {
            assert_eq!(tile(value), Some(Coding::Brotli), "{value}");
        }
        for value in ["zstd", "zstd, br", "zstd;q=0.002, br;q=0.001", "gzip;q=0, zstd"] {
            assert_eq!(tile(value), Some(Coding::Zstd), "{value}");
        }
        for value in ["", "deflate", "gzip;q=0", "gzip;q=0.5, identity", "*;q=0.5, identity;q=1, gzip;q=0"] {
            assert_eq!(tile(value), Some(Coding::Identity), "{value}");
        }
        for value in ["deflate, *;q=0", "identity;q=0", "gzip;q=0, *;q=0", "gzip;q=2, identity;q=nan", "*;q=0"] {
            assert_eq!(tile(value), None, "{value}");
        }
        assert_eq!(Accepted::of(&HeaderMap::new()).best(&Coding::of_tiles(Coding::Gzip)).ok(), Some(Coding::Identity));
        let all = accepted("gzip, br, zstd");
        assert_eq!(all.best(&Coding::of_tiles(Coding::Zstd)).ok(), Some(Coding::Zstd));
        assert_eq!(all.best(&Coding::of_tiles(Coding::Identity)).ok(), Some(Coding::Gzip));
    }

    #[test]
    fn documents_are_sent_as_small_as_is_welcome() {
        let document = |value: &str| accepted(value).best(&Coding::OF_DOCUMENTS).ok();
        assert_eq!(document("gzip, deflate, br, zstd"), Some(Coding::Brotli));
        assert_eq!(document("gzip, deflate"), Some(Coding::Gzip));
        assert_eq!(document("*"), Some(Coding::Gzip));
        assert_eq!(document("br;q=0.9, gzip"), Some(Coding::Gzip));
    }

    fn item() -> impl Strategy<Value = String> {
        let name = prop::sample::select(vec!["gzip", "br", "zstd", "identity", "*", "deflate", "x-gzip", "GZIP", ""]);
        let weight = prop_oneof![Just(String::new()), "; ?[qQ]=(0(\\.[0-9]{0,3})?|1|[-0-9.a-z]{0,6})"];
        (name, weight).prop_map(|(name, weight)| format!("{name}{weight}"))
    }

    proptest! {
        #[test]
        fn what_is_chosen_is_accepted_and_nothing_more_welcome_is_passed_over(items in prop::collection::vec(item(), 0..6)) {
            let accepted = accepted(&items.join(", "));
            let ours = Coding::of_tiles(Coding::Gzip);
            let heaviest = ours.iter().map(|coding| accepted.weight(*coding)).fold(0.0, f32::max);
            match accepted.best(&ours) {
                Ok(chosen) => prop_assert!(accepted.weight(chosen) > 0.0 && accepted.weight(chosen) == heaviest),
                Err(_) => prop_assert!(heaviest == 0.0),
            }
            // RFC 9110 §12.5.3: bytes as they are will do unless they are excluded by name or by `*`.
            let excludes = items.iter().any(|item| {
                let (name, weight) = weighed(item);
                (name == "identity" || name == "*") && weight == 0.0
            });
            prop_assert!(excludes || accepted.identity > 0.0);
        }
    }
}
