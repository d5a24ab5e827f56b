//! Answers with validators: every representation has a strong ETag, and a client that has it
//! already gets 304 and no body.

use actix_web::http::header::{self, HeaderMap};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

use super::coding::{self, Coding};
use crate::error::ApiError;

/// How long an answer may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// For good: its URL names the generation or the version that made it.
    Forever,
    /// As long as one asks each time whether it still holds.
    WhileAsking,
}

impl Keep {
    pub(super) fn cache_control(self) -> &'static str {
        match self {
            Self::Forever => "public, max-age=31536000, immutable",
            Self::WhileAsking => "no-cache",
        }
    }
}

/// An answer, before it is known whether the client has it already.
pub(super) struct Answer {
    /// The media type.
    pub(super) mime: &'static str,
    /// How long it may be kept.
    pub(super) keep: Keep,
    /// The generation it is from, if it is from one.
    pub(super) generation: Option<String>,
}

/// Media type of JSON.
pub(super) const JSON: &str = "application/json";

impl Answer {
    /// JSON of a generation, which holds until the next one.
    pub(super) fn json(generation: &str) -> Self {
        Self { mime: JSON, keep: Keep::WhileAsking, generation: Some(generation.to_owned()) }
    }

    /// The response with these bytes, whose ETag is `etag` and whose coding is `coding`.
    pub(super) fn coded(self, request: &HttpRequest, bytes: Bytes, etag: String, coding: Coding) -> HttpResponse {
        let known = is_known(request.headers(), &etag);
        let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response
            .insert_header((header::ETAG, etag))
            .insert_header((header::CACHE_CONTROL, self.keep.cache_control()))
            .insert_header((header::VARY, "Accept-Encoding"));
        if let Some(generation) = self.generation {
            response.insert_header(("X-Tuban-Generation", generation));
        }
        if known {
            return response.finish();
        }
        if coding == Coding::Gzip {
            response.insert_header((header::CONTENT_ENCODING, "gzip"));
        }
        response.content_type(self.mime).body(bytes)
    }

    /// The response with these plain bytes, compressed if that is worth while and welcome.
    pub(super) fn plain(self, request: &HttpRequest, bytes: Bytes) -> Result<HttpResponse, ApiError> {
        /// Below this a packet is no shorter for it.
        const WORTH_WHILE: usize = 1024;
        let coding = Coding::negotiated(request.headers())?;
        let coding = if bytes.len() < WORTH_WHILE { Coding::Identity } else { coding };
        let etag = etag(&bytes, coding);
        let known = is_known(request.headers(), &etag);
        let bytes = if coding == Coding::Gzip && !known { coding::gzip(&bytes).into() } else { bytes };
        Ok(self.coded(request, bytes, etag, coding))
    }

    /// The response with `value` as JSON.
    pub(super) fn value(self, request: &HttpRequest, value: &impl Serialize) -> Result<HttpResponse, ApiError> {
        let bytes = serde_json::to_vec(value).map_err(ApiError::internal)?;
        self.plain(request, bytes.into())
    }
}

/// The strong ETag of `bytes` in a coding. The bytes may be those before or after coding, as long
/// as it is always the same for one resource: the suffix keeps the representations apart.
pub(super) fn etag(bytes: &[u8], coding: Coding) -> String {
    tagged(xxh3_128(bytes), coding)
}

/// The strong ETag of bytes with that hash in a coding.
pub(super) fn tagged(hash: u128, coding: Coding) -> String {
    let suffix = match coding {
        Coding::Identity => "",
        Coding::Gzip => "-gzip",
    };
    format!("\"{hash:032x}{suffix}\"")
}

/// Whether `If-None-Match` has this ETag, compared weakly (RFC 9110 §13.1.2).
pub(super) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    // Our own tags have no comma in them, so splitting a list at commas cannot make a false match.
    let mut tags = lists.flat_map(|list| list.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
