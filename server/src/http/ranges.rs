//! Which part of a file a request asks for (RFC 9110 §14).

use actix_web::http::header::{self, HeaderMap};

/// What of a file is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it.
    Whole,
    /// These bytes, first and last, both within the file.
    Part(u64, u64),
    /// Bytes that it does not have.
    Nothing,
}

/// What `Range` asks for of a file with that length and strong ETag.
///
/// A header that is no range of bytes is ignored, as it should be (§14.2), and so is one with several
/// ranges: who asks for them gets the whole file, which RFC 9110 allows and every client understands.
pub(super) fn wanted(headers: &HeaderMap, length: u64, etag: &str) -> Wanted {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let mut asked = headers.get_all(header::RANGE);
    let (Some(range), None) = (asked.next(), asked.next()) else { return Wanted::Whole };
    // §13.1.5: compared strongly. We say no date, so no date can be the right one.
    if headers.contains_key(header::IF_RANGE) && text(header::IF_RANGE).map(str::trim) != Some(etag) {
        return Wanted::Whole;
    }
    range.to_str().ok().and_then(|range| parsed(range, length)).unwrap_or(Wanted::Whole)
}

fn parsed(range: &str, length: u64) -> Option<Wanted> {
    let (unit, set) = range.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') {
        return None;
    }
    let (first, last) = set.trim().split_once('-')?;
    if first.is_empty() {
        // A suffix: so many bytes from the end.
        let count = number(last)?.min(length);
        return Some(if count == 0 { Wanted::Nothing } else { Wanted::Part(length - count, length - 1) });
    }
    let first = number(first)?;
    let last = if last.is_empty() { u64::MAX } else { number(last)? };
    if last < first {
        return None;
    }
    Some(if first >= length { Wanted::Nothing } else { Wanted::Part(first, last.min(length - 1)) })
}

/// Digits and nothing else; a number beyond 64 bits is as good as the largest.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn asked(range: &str, if_range: Option<&str>) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_str(range).expect("a header value"));
        if let Some(value) = if_range {
            headers.insert(header::IF_RANGE, HeaderValue::from_str(value).expect("a header value"));
        }
        wanted(&headers, 1000, "\"tag\"")
    }

    #[test]
    fn a_range_has_a_first_and_a_last_byte_or_counts_from_the_end() {
        for (range, first, last) in [
            ("bytes=0-0", 0, 0),
            ("bytes=0-126", 0, 126),
            ("bytes=999-", 999, 999),
            ("bytes=10-99999999999999999999999", 10, 999),
            ("bytes=-1", 999, 999),
            ("bytes=-5000", 0, 999),
            ("BYTES= 5-6 ", 5, 6),
        ] {
            assert_eq!(asked(range, None), Wanted::Part(first, last), "{range}");
        }
        for range in ["bytes=1000-", "bytes=1000-2000", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(asked(range, None), Wanted::Nothing, "{range}");
        }
        for range in ["bytes=5-4", "bytes=", "bytes=-", "bytes=a-b", "items=0-1", "0-1", "bytes=0-1,3-4", "bytes=+1-2"]
        {
            assert_eq!(asked(range, None), Wanted::Whole, "{range}");
        }
        assert_eq!(wanted(&HeaderMap::new(), 1000, "\"tag\""), Wanted::Whole);
    }

    #[test]
    fn a_part_of_another_version_is_no_part() {
        assert_eq!(asked("bytes=0-1", Some("\"tag\"")), Wanted::Part(0, 1));
        for other in ["W/\"tag\"", "\"other\"", "Sat, 29 Oct 1994 19:43:31 GMT", "tag", "*"] {
            assert_eq!(asked("bytes=0-1", Some(other)), Wanted::Whole, "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_asked_for_lies_within_the_file(text in "bytes=[0-9, -]{0,30}|.{0,40}", length: u64) {
            let mut headers = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(header::RANGE, value);
            }
            if let Wanted::Part(first, last) = wanted(&headers, length, "\"tag\"") {
                proptest::prop_assert!(first <= last && last < length);
            }
        }
    }
}
