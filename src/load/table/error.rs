//! Why a table could not be read.

/// Why a table could not be read; the file is named by whoever opened it.
#[derive(Debug, thiserror::Error)]
pub(in crate::load) enum GridError {
    /// Reading failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// It is wrong at a place.
    #[error("{place}: {reason}")]
    Broken { place: String, reason: String },
    /// There is no table in it.
    #[error("{0}")]
    NoTable(String),
    /// More than a bound allows.
    #[error("{0}")]
    TooLarge(String),
}

impl GridError {
    pub(in crate::load) fn broken(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Broken {
            place: place.into(),
            reason: reason.into(),
        }
    }
}
