//! A name for every request, so that a client's complaint finds its lines in the log.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

/// The header that brings a name and takes it back.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest name that is taken from others.
const LONGEST: usize = 128;

/// The name that the request brings, if it is one that a log can hold; else a new one.
pub(super) fn of(headers: &HeaderMap) -> HeaderValue {
    headers.get(X_REQUEST_ID).filter(|name| is_sane(name.as_bytes())).cloned().unwrap_or_else(made)
}

/// Letters, digits and what UUIDs, ULIDs and trace ids are written with.
fn is_sane(name: &[u8]) -> bool {
    let plain = |c: &u8| c.is_ascii_alphanumeric() || b"-_.:+/=".contains(c);
    !name.is_empty() && name.len() <= LONGEST && name.iter().all(plain)
}

/// A name that no other request of this process has, and hardly one of another process.
fn made() -> HeaderValue {
    static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(std::process::id()));
    static NEXT: AtomicU64 = AtomicU64::new(0);
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let id = (u128::from(*PROCESS & 0xffff_ffff_ffff) << 48) | u128::from(number & 0xffff_ffff_ffff);
    let mut text = [0; 24];
    for (place, digit) in text.iter_mut().rev().enumerate() {
        *digit = DIGITS[(id >> (4 * place)) as usize & 0xf];
    }
    HeaderValue::from_bytes(&text).expect("hexadecimal digits are a header value")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_header(value: &[u8]) -> HeaderValue {
        let mut headers = HeaderMap::new();
        headers.insert(X_REQUEST_ID, HeaderValue::from_bytes(value).expect("a header value"));
        of(&headers)
    }

    #[test]
    fn a_sane_name_is_kept() {
        for name in ["7c9e6679-7425-40de-944b-e07fc1f90ae7", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "a/b:c=1+2"] {
            assert_eq!(of_header(name.as_bytes()), name);
        }
    }

    #[test]
    fn others_get_one_of_their_own() {
        let long = [b'a'; LONGEST + 1];
        for name in [&b""[..], b"two words", b"\xe5\x9b\xbe", b"\"quoted\"", b"<script>", &long] {
            let made = of_header(name);
            assert!(made.as_bytes() != name && is_sane(made.as_bytes()) && made.len() == 24, "{made:?}");
        }
        assert_ne!(of(&HeaderMap::new()), of(&HeaderMap::new()));
    }
}
