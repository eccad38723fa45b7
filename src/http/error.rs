//! The one place where errors become statuses: problem+json (RFC 9457).

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::ogr::OgrError;
use crate::query::cql2::FilterError;
use crate::query::select::{Cancelled, SelectError};
use crate::serve::work::WorkError;

/// What goes wrong with a request. Texts are for the caller: they name the parameter and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// A parameter that is wrong.
    #[error("parameter \"{name}\": {reason}")]
    Parameter {
        /// Its name.
        name: String,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// A parameter that is not known here.
    #[error("parameter \"{name}\" is not known here{hint}")]
    UnknownParameter {
        /// Its name.
        name: String,
        /// What was perhaps meant.
        hint: String,
    },
    /// A request that can't be read.
    #[error("{0}")]
    BadRequest(&'static str),
    /// Nothing here by that name.
    #[error("there is no {what} \"{name}\"; see {see}")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// By which name.
        name: String,
        /// Where to find what there is.
        see: &'static str,
    },
    /// A version that a collection does not have, or no longer.
    #[error("there is no version \"{name}\" of this collection, or it is no longer kept; see {list}")]
    NoVersion {
        /// Its name.
        name: String,
        /// Where the versions are listed.
        list: String,
    },
    /// No such page.
    #[error("there is nothing at this address; see /api for what there is")]
    NoRoute,
    /// Not with this method.
    #[error("this method is not allowed here; the Allow header lists those that are")]
    Method,
    /// What an administrator may ask for, where there is none.
    #[error("this server has no administrator; start it with --admin-token or TERRIL_ADMIN_TOKEN, or send it SIGHUP")]
    NoAdministrator,
    /// Somebody else than the administrator.
    #[error(
        "this is for the administrator alone; send \"Authorization: Bearer\" with the token that the server was started with"
    )]
    NotAdministrator,
    /// Not in this format.
    #[error("{0}")]
    NotAcceptable(&'static str),
    /// An address that is too long.
    #[error("the address is longer than 16 kB; shorten the query")]
    UriTooLong,
    /// A body that is too long.
    #[error("the body is longer than 10 MB; ask for less at once")]
    BodyTooLong,
    /// A body that does not come.
    #[error("the body did not arrive within 30 s")]
    BodyTooSlow,
    /// A body of another type.
    #[error("the body is to be application/json, or application/x-www-form-urlencoded; its Content-Type says so")]
    MediaType,
    /// No worker is free.
    #[error("the server is busy; try again in a second")]
    Busy,
    /// It took too long.
    #[error("the answer took longer than a request may; ask for less, with a smaller bbox or limit")]
    TooLong,
    /// A bug.
    #[error("the server failed to answer; the failure is in its log")]
    Internal,
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Parameter { .. } | Self::UnknownParameter { .. } | Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::NotFound { .. } | Self::NoVersion { .. } | Self::NoRoute => StatusCode::NOT_FOUND,
            Self::Method | Self::NoAdministrator => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAdministrator => StatusCode::UNAUTHORIZED,
            Self::NotAcceptable(_) => StatusCode::NOT_ACCEPTABLE,
            Self::UriTooLong => StatusCode::URI_TOO_LONG,
            Self::BodyTooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Busy | Self::TooLong => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A wrong value of a parameter.
    pub(super) fn parameter(name: &str, reason: impl Into<String>) -> Self {
        Self::Parameter {
            name: name.to_owned(),
            reason: reason.into(),
        }
    }

    /// A collection that is not there, or not for this reader: the same answer.
    pub(super) fn no_collection(name: &str) -> Self {
        Self::NotFound {
            what: "collection",
            name: name.to_owned(),
            see: "/collections",
        }
    }
}

impl From<WorkError> for ApiError {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Busy => Self::Busy,
            WorkError::Stopped => Self::TooLong,
            WorkError::Panicked => Self::Internal,
        }
    }
}

impl From<Cancelled> for ApiError {
    fn from(_: Cancelled) -> Self {
        Self::TooLong
    }
}

impl From<SelectError> for ApiError {
    fn from(error: SelectError) -> Self {
        match error {
            SelectError::Cancelled(_) => Self::TooLong,
            SelectError::Area(_) => Self::parameter(
                "bbox-crs",
                "there is no way from the collection's system to this one; ask in another of its \"crs\" list",
            ),
            SelectError::Filter(error) => error.into(),
        }
    }
}

impl From<FilterError> for ApiError {
    fn from(error: FilterError) -> Self {
        let name = if error == FilterError::NoWay {
            "filter-crs"
        } else {
            "filter"
        };
        Self::parameter(name, error.to_string())
    }
}

impl From<OgrError> for ApiError {
    fn from(_: OgrError) -> Self {
        Self::parameter(
            "crs",
            "there is no way from the collection's system to this one; ask in another of its \"crs\" list",
        )
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::error!(status = status.as_u16(), "{self}");
        }
        let problem = serde_json::json!({
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or("Error"),
            "status": status.as_u16(),
            "detail": self.to_string(),
        });
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"terril\""),
            );
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
