//! The administrator: who may ask the server for a look at its sources.

use std::fmt;

/// The shortest token: one that is not guessed by trying.
pub const MIN_TOKEN_CHARS: usize = 16;

/// Why a text is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Too short.
    #[error(
        "the administrator's token has fewer than {MIN_TOKEN_CHARS} characters; make one with: openssl rand -hex 16"
    )]
    Short,
    /// Characters that a header can't carry.
    #[error("the administrator's token may have the printable characters of ASCII alone, without spaces")]
    Characters,
}

/// The administrator's token, held as a hash: it is in no log and no dump.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(blake3::Hash);

impl Token {
    /// A token.
    ///
    /// # Errors
    /// One that is too short, or can't stand in a header.
    pub fn new(text: &str) -> Result<Self, TokenError> {
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(TokenError::Characters);
        }
        if text.len() < MIN_TOKEN_CHARS {
            return Err(TokenError::Short);
        }
        Ok(Self(blake3::hash(text.as_bytes())))
    }

    /// Whether a text is the token. It takes the same time whatever the text (hashes compare in constant time).
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.0 == blake3::hash(text.as_bytes())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_itself_alone() {
        let token = Token::new("0123456789abcdef").unwrap();
        assert!(token.is("0123456789abcdef"));
        assert!(!token.is("0123456789abcdeF") && !token.is("") && !token.is("0123456789abcdef "));
        assert_eq!(format!("{token:?}"), "Token");
        assert_eq!(Token::new("short"), Err(TokenError::Short));
        assert_eq!(Token::new("0123456789 abcdef"), Err(TokenError::Characters));
        assert_eq!(Token::new("0123456789abcdéf"), Err(TokenError::Characters));
    }
}
