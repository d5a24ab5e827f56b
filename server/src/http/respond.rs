//! Answers with validators: every representation has a strong ETag, and a client that has it
//! already gets 304 and no body.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

use super::coding::{Accepted, Coding};
use super::policy::Keep;
use super::recode::encoded;
use crate::cache::Key;
use crate::error::ApiError;
use crate::generation::Generation;
use crate::state::AppState;

/// An answer, before it is known whether the client has it already.
pub(super) struct Answer<'s> {
    pub(super) state: &'s AppState,
    /// The media type.
    pub(super) mime: HeaderValue,
    /// How long it may be kept.
    pub(super) keep: Keep,
    /// The generation it is from, if it is from one.
    pub(super) generation: Option<&'s Generation>,
}

/// Media type of JSON.
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");

const X_TUBAN_GENERATION: HeaderName = HeaderName::from_static("x-tuban-generation");

/// What a response depends on whose coding was negotiated.
const BY_CODING: HeaderValue = HeaderValue::from_static("Accept-Encoding");

impl<'s> Answer<'s> {
    /// A document of no generation.
    pub(super) fn document(state: &'s AppState, mime: HeaderValue) -> Self {
        Self { state, mime, keep: Keep::For(state.policies.documents), generation: None }
    }

    /// JSON of a generation, which holds until the next one.
    pub(super) fn json(state: &'s AppState, generation: &'s Generation) -> Self {
        Self { generation: Some(generation), ..Self::document(state, JSON) }
    }

    /// The head of an answer of that kind, with everything but what describes a body.
    fn head(&self, status: StatusCode) -> HttpResponse {
        let mut response = HttpResponse::new(status);
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, self.state.cache_control.value(self.keep));
        if let Some(id) = self.generation.and_then(Generation::header) {
            headers.insert(X_TUBAN_GENERATION, id);
        }
        response
    }

    /// The same with an ETag.
    pub(super) fn tagged_head(&self, status: StatusCode, etag: &str) -> HttpResponse {
        let mut response = self.head(status);
        // Ours are hexadecimal digits and words.
        if let Ok(etag) = HeaderValue::from_str(etag) {
            response.headers_mut().insert(header::ETAG, etag);
        }
        response
    }

    /// There is nothing, and that is the answer. Whether it is given depends on the codings that are
    /// accepted where something would be coded.
    pub(super) fn empty(&self, is_coded: bool) -> HttpResponse {
        let mut response = self.head(StatusCode::NO_CONTENT);
        if is_coded {
            response.headers_mut().insert(header::VARY, BY_CODING);
        }
        response
    }

    /// The client has it already.
    pub(super) fn not_modified(&self, etag: &str, is_coded: bool) -> HttpResponse {
        let mut response = self.tagged_head(StatusCode::NOT_MODIFIED, etag);
        if is_coded {
            response.headers_mut().insert(header::VARY, BY_CODING);
        }
        response
    }

    /// The response with these bytes in a coding that was negotiated.
    pub(super) fn coded(&self, bytes: Bytes, etag: &str, coding: Coding) -> HttpResponse {
        let mut response = self.whole(bytes, etag);
        let headers = response.headers_mut();
        headers.insert(header::VARY, BY_CODING);
        if let Some(name) = coding.header() {
            headers.insert(header::CONTENT_ENCODING, name);
        }
        response
    }

    /// The response with these bytes, which are sent like this to everyone.
    pub(super) fn uncoded(&self, headers: &HeaderMap, bytes: Bytes, etag: &str) -> HttpResponse {
        if is_known(headers, etag) { self.not_modified(etag, false) } else { self.whole(bytes, etag) }
    }

    /// The response with these bytes.
    fn whole(&self, bytes: Bytes, etag: &str) -> HttpResponse {
        let mut response = self.tagged_head(StatusCode::OK, etag);
        response.headers_mut().insert(header::CONTENT_TYPE, self.mime.clone());
        response.set_body(BoxBody::new(bytes))
    }

    /// The response with these plain bytes, compressed if that is worth while and welcome.
    pub(super) async fn plain(&self, request: &HttpRequest, bytes: Bytes) -> Result<HttpResponse, ApiError> {
        let hash = xxh3_128(&bytes);
        self.prepared(request, bytes, hash, None).await
    }

    /// The same where the hash of the bytes is known, and perhaps the bytes in gzip.
    pub(super) async fn prepared(
        &self,
        request: &HttpRequest,
        bytes: Bytes,
        hash: u128,
        gzip: Option<Bytes>,
    ) -> Result<HttpResponse, ApiError> {
        /// Below this a packet is no shorter for it.
        const WORTH_WHILE: usize = 1024;
        let accepted = Accepted::of(request.headers());
        let is_short = bytes.len() < WORTH_WHILE && accepted.weight(Coding::Identity) > 0.0;
        let coding = if is_short { Coding::Identity } else { accepted.best(&Coding::OF_DOCUMENTS)? };
        let etag = tagged(hash, coding);
        if is_known(request.headers(), &etag) {
            return Ok(self.not_modified(&etag, true));
        }
        let bytes = match (coding, gzip) {
            (Coding::Identity, _) => bytes,
            (Coding::Gzip, Some(gzip)) => gzip,
            (coding, _) => {
                let make = move || encoded(&bytes, coding).map(Bytes::from).map_err(ApiError::internal);
                self.state.computed.get(Key::Document { hash, coding }, make).await?
            }
        };
        Ok(self.coded(bytes, &etag, coding))
    }

    /// The response with `value` as JSON.
    pub(super) async fn value(&self, request: &HttpRequest, value: &impl Serialize) -> Result<HttpResponse, ApiError> {
        let bytes = serde_json::to_vec(value).map_err(ApiError::internal)?;
        self.plain(request, bytes.into()).await
    }
}

/// The strong ETag of a representation: of the hash of its bytes before or after coding, always the
/// same for one resource. The suffix keeps the representations apart.
pub(super) fn tagged(hash: u128, coding: Coding) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |four: u8| char::from(DIGITS[usize::from(four & 0xf)]);
    // Written by hand: formatting takes longer than the rest of an answer's head.
    let mut tag = String::with_capacity(48);
    tag.push('"');
    for byte in hash.to_be_bytes() {
        tag.push(digit(byte >> 4));
        tag.push(digit(byte));
    }
    if let Some(name) = coding.name() {
        tag.push('-');
        tag.push_str(name);
    }
    tag.push('"');
    tag
}

/// Whether `If-None-Match` has this ETag, compared weakly (RFC 9110 §13.1.2).
pub(super) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    // Our own tags have no comma in them, so splitting a list at commas cannot make a false match.
    let mut tags = lists.flat_map(|list| list.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
