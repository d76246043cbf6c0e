//! Secure qualification (RFC 4380 section 5.2.2, S3): HMAC-SHA1 over nonce, confirmation, origin and
//! packet, without padding.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::packet::Authentication;

/// What client and server share.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    id: Vec<u8>,
    key: Vec<u8>,
}

/// Why a secret cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// A byte counts its length.
    #[error(
        "the client's name is {0} bytes long, and the protocol has room for 255\n\nhint: use a shorter name"
    )]
    LongId(usize),
    /// A key of nothing proves nothing.
    #[error("the shared key is empty\n\nhint: draw 20 random bytes")]
    NoKey,
}

impl Secret {
    /// A client's name and key.
    pub fn new(id: Vec<u8>, key: Vec<u8>) -> Result<Self, SecretError> {
        if id.len() > 255 {
            return Err(SecretError::LongId(id.len()));
        }
        if key.is_empty() {
            return Err(SecretError::NoKey);
        }
        Ok(Self { id, key })
    }

    /// The client's name.
    pub fn id(&self) -> &[u8] {
        &self.id
    }

    /// The proof for these bytes: `clear` is the origin, if there is one, and the IPv6 packet.
    pub fn prove(&self, nonce: [u8; 8], confirmation: u8, clear: &[u8]) -> [u8; 20] {
        self.mac(nonce, confirmation, clear)
            .map_or([0; 20], |mac| mac.finalize().into_bytes().into())
    }

    /// Whether the authentication proves these bytes; in a time that does not depend on them.
    pub fn verify(&self, authentication: &Authentication<'_>, clear: &[u8]) -> bool {
        let mac = self.mac(authentication.nonce, authentication.confirmation, clear);
        authentication.id == self.id
            && mac.is_some_and(|mac| mac.verify_slice(authentication.value).is_ok())
    }

    fn mac(&self, nonce: [u8; 8], confirmation: u8, clear: &[u8]) -> Option<Hmac<Sha1>> {
        // A key of any length will do for an HMAC.
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.key).ok()?;
        mac.update(&nonce);
        mac.update(&[confirmation]);
        mac.update(clear);
        Some(mac)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
