//! What a client is told when a request cannot be answered, and what only the log is told.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

/// The methods that are answered, as `Allow` lists them.
pub const ALLOWED: &str = "GET, HEAD, OPTIONS";

/// A request that cannot be answered. `Display` is the voice for the client: it names what was
/// asked for and never a path, a table or an inner error.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// There is no such page.
    #[error("there is nothing at this address")]
    NotFound,
    /// There is no such tileset.
    #[error("there is no tileset `{}`; /catalog lists them", short(.0))]
    UnknownTileset(String),
    /// There is no such style.
    #[error("there is no style `{}`; /catalog lists them", short(.0))]
    UnknownStyle(String),
    /// There is no such style, and perhaps one with a similar name.
    #[error("there is no style `{}`{}; /catalog lists them", short(asked), near(nearest.as_deref()))]
    UnknownMap {
        /// As asked for.
        asked: String,
        /// The style most like it.
        nearest: Option<String>,
    },
    /// A map that cannot be drawn: its place, its zoom or its size.
    #[error("{0}")]
    BadMap(String),
    /// There is no such sheet of images.
    #[error("there is no sprite `{}`; /catalog lists them", short(.0))]
    UnknownSprite(String),
    /// There is no such table.
    #[error("there is no table `{}`; /stats lists them", short(.0))]
    UnknownTable(String),
    /// There is no such layer.
    #[error("there is no layer `{}` among the findings", short(.0))]
    UnknownLayer(String),
    /// There is no such standard of land-use codes.
    #[error("there is no code system `{}`; /codes lists them", short(.0))]
    UnknownCodeSystem(String),
    /// There is no such parcel.
    #[error("there is no parcel `{}`", short(.0))]
    UnknownParcel(String),
    /// Nothing was analysed, so there are no statistics, legends or parcels.
    #[error("this project has no parcels layer, so nothing was analysed")]
    NotAnalysed,
    /// The generation was built before parcels could be questioned.
    #[error(
        "this generation was built by an early version and keeps nothing to explain; `tuban build` makes one that does"
    )]
    NoDossiers,
    /// Zoom, column and row are not numbers of the grid.
    #[error("{}/{}/{} is not a tile of the grid: z is 0 to 30, x and y are 0 to 2^z - 1", short(z), short(x), short(y))]
    OutsideGrid {
        /// As asked for.
        z: String,
        /// As asked for.
        x: String,
        /// As asked for.
        y: String,
    },
    /// A tileset stands twice in a list.
    #[error("tileset `{}` is asked for twice", short(.0))]
    RepeatedTileset(String),
    /// Two tilesets of a list have a layer of one name, which a vector tile cannot hold (MVT 2.1 §4.1).
    #[error("more than one of these tilesets has a layer `{}`, so they cannot be joined", short(.0))]
    SharedLayer(String),
    /// A tileset of images stands in a list.
    #[error("tileset `{}` has no vector tiles, so it cannot be joined with others", short(.0))]
    NotJoinable(String),
    /// The path is no text.
    #[error("the path is not UTF-8 in percent-encoding")]
    BadPath,
    /// A parameter is missing or means nothing.
    #[error("{0}")]
    BadQuery(String),
    /// An area holds too much to be cut while somebody waits.
    #[error("{0}; draw a smaller one")]
    AreaTooLarge(String),
    /// The method is none that reads.
    #[error("only GET, HEAD and OPTIONS are answered here")]
    Method,
    /// None of our codings will do.
    #[error("this can be sent with gzip, br, zstd or identity encoding, and the request accepts none of them")]
    NotAcceptable,
    /// The range asked for begins behind the end.
    #[error("the file has {length} bytes, and the range asked for has none of them")]
    RangeNotSatisfiable {
        /// Bytes of the file.
        length: u64,
    },
    /// The file of a foreign tileset is another one than when the server started.
    #[error("tileset `{}` is being replaced", short(.0))]
    Replaced(String),
    /// The request says no host, several, or one that is none.
    #[error("the request names no host that could be one")]
    BadHost,
    /// The host is none of those that are answered to.
    #[error("this server does not answer to that host")]
    OtherHost,
    /// The path with its query is too long.
    #[error("the address is longer than {0} bytes")]
    UrlTooLong(usize),
    /// The headers are too large.
    #[error("the headers of the request have more than {0} bytes")]
    HeadersTooLarge(usize),
    /// The client asks too often.
    #[error("this client asks more often than it may")]
    TooOften {
        /// When it may ask again.
        retry: Duration,
    },
    /// There is more to do than can be done.
    #[error("the server is busy; the same request may be answered in a moment")]
    Busy,
    /// The answer took too long.
    #[error("the answer took longer than requests are given")]
    TimedOut,
    /// Our fault. The cause is for the log alone.
    #[error("the server failed to answer; its log says why")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
}

/// Why a request cannot be answered (RFC 9457).
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Problem<'a> {
    /// `about:blank`: the status says of what kind it is.
    r#type: &'a str,
    /// The status in words.
    title: &'a str,
    /// The status.
    status: u16,
    /// A stable word for programs.
    code: &'a str,
    /// What is the matter with this request, in words.
    detail: String,
}

impl ApiError {
    /// Our fault, with the cause for the log.
    pub fn internal(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Internal(Box::new(cause))
    }

    /// Whole seconds after which the same request may be answered; `None` where waiting is of no use.
    pub fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::TooOften { retry } => Some(retry.as_secs() + 1),
            Self::Busy | Self::TimedOut | Self::Replaced(_) => Some(1),
            _ => None,
        }
    }

    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::UnknownTileset(_) => "unknown_tileset",
            Self::UnknownStyle(_) | Self::UnknownMap { .. } => "unknown_style",
            Self::BadMap(_) => "bad_map",
            Self::UnknownSprite(_) => "unknown_sprite",
            Self::UnknownTable(_) => "unknown_table",
            Self::UnknownLayer(_) => "unknown_layer",
            Self::UnknownCodeSystem(_) => "unknown_code_system",
            Self::UnknownParcel(_) => "unknown_parcel",
            Self::NotAnalysed => "not_analysed",
            Self::NoDossiers => "not_explained",
            Self::OutsideGrid { .. } => "outside_grid",
            Self::RepeatedTileset(_) => "repeated_tileset",
            Self::SharedLayer(_) => "shared_layer",
            Self::NotJoinable(_) => "not_joinable",
            Self::BadPath => "bad_path",
            Self::BadQuery(_) => "bad_query",
            Self::AreaTooLarge(_) => "area_too_large",
            Self::Method => "method_not_allowed",
            Self::NotAcceptable => "not_acceptable",
            Self::RangeNotSatisfiable { .. } => "range_not_satisfiable",
            Self::Replaced(_) => "replaced",
            Self::BadHost => "bad_host",
            Self::OtherHost => "other_host",
            Self::UrlTooLong(_) => "url_too_long",
            Self::HeadersTooLarge(_) => "headers_too_large",
            Self::TooOften { .. } => "too_often",
            Self::Busy => "busy",
            Self::TimedOut => "timed_out",
            Self::Internal(_) => "internal",
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound
            | Self::UnknownTileset(_)
            | Self::UnknownStyle(_)
            | Self::UnknownMap { .. }
            | Self::UnknownSprite(_)
            | Self::UnknownTable(_)
            | Self::UnknownLayer(_)
            | Self::UnknownCodeSystem(_)
            | Self::UnknownParcel(_)
            | Self::NotAnalysed
            | Self::NoDossiers => StatusCode::NOT_FOUND,
            Self::OutsideGrid { .. }
            | Self::RepeatedTileset(_)
            | Self::SharedLayer(_)
            | Self::NotJoinable(_)
            | Self::BadPath
            | Self::AreaTooLarge(_)
            | Self::BadMap(_)
            | Self::BadQuery(_) => StatusCode::BAD_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::RangeNotSatisfiable { .. } => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::BadHost => StatusCode::BAD_REQUEST,
            Self::OtherHost => StatusCode::MISDIRECTED_REQUEST,
            Self::UrlTooLong(_) => StatusCode::URI_TOO_LONG,
            Self::HeadersTooLarge(_) => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::TimedOut | Self::Replaced(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        let mut response = HttpResponse::build(status);
        // A problem of today may be a page of the next generation.
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        match self {
            Self::Method => response.insert_header((header::ALLOW, ALLOWED)),
            // Another client may accept what this one does not.
            Self::NotAcceptable => response.insert_header((header::VARY, "Accept-Encoding")),
            Self::RangeNotSatisfiable { length } => {
                response.insert_header((header::CONTENT_RANGE, format!("bytes */{length}")))
            }
            _ => &mut response,
        };
        if let Some(seconds) = self.retry_after_s() {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        let problem = Problem {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            code: self.code(),
            detail: self.to_string(),
        };
        let body = serde_json::to_vec(&problem).expect("five plain members are JSON");
        response.content_type("application/problem+json").body(body)
    }
}

/// The beginning of what somebody asked for: an answer does not repeat pages of it.
fn short(asked: &str) -> &str {
    const LONGEST: usize = 60;
    asked.char_indices().nth(LONGEST).map_or(asked, |(end, _)| &asked[..end])
}

/// What somebody probably meant.
fn near(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default()
}

/// An error with everything that caused it, on one line.
pub struct Chain<'e>(pub &'e dyn Error);

impl fmt::Debug for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(cause) = next {
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}
