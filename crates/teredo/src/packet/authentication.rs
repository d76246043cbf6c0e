//! The authentication before an origin or a packet (RFC 4380 section 5.1.1, F3).

use crate::reject::Reject;

/// Who the client is, and what proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authentication<'a> {
    /// The client's name at the server.
    pub id: &'a [u8],
    /// The proof.
    pub value: &'a [u8],
    /// Drawn by the client, repeated by the server.
    pub nonce: [u8; 8],
    /// Zero; anything else says that the client needs a new key.
    pub confirmation: u8,
}

/// The authentication and what follows it; none if the datagram begins with something else.
pub(super) fn read(datagram: &[u8]) -> Result<(Option<Authentication<'_>>, &[u8]), Reject> {
    let Some(rest) = datagram.strip_prefix(&[0, 1]) else {
        return Ok((None, datagram));
    };
    let inside = || -> Option<_> {
        let ([id, value], rest) = rest.split_first_chunk::<2>()?;
        let (id, rest) = rest.split_at_checked(usize::from(*id))?;
        let (value, rest) = rest.split_at_checked(usize::from(*value))?;
        let (nonce, rest) = rest.split_first_chunk::<8>()?;
        let (confirmation, rest) = rest.split_first()?;
        let authentication = Authentication {
            id,
            value,
            nonce: *nonce,
            confirmation: *confirmation,
        };
        Some((Some(authentication), rest))
    };
    inside().ok_or(Reject::Truncated)
}

/// Appends an authentication. Name and proof longer than a byte can count are cut: the configuration
/// refuses them before.
pub(crate) fn write(authentication: &Authentication<'_>, datagram: &mut Vec<u8>) {
    let cut = |bytes: &[u8]| u8::try_from(bytes.len()).unwrap_or(u8::MAX);
    let (id, value) = (cut(authentication.id), cut(authentication.value));
    datagram.extend_from_slice(&[0, 1, id, value]);
    datagram.extend(authentication.id.iter().take(usize::from(id)));
    datagram.extend(authentication.value.iter().take(usize::from(value)));
    datagram.extend_from_slice(&authentication.nonce);
    datagram.push(authentication.confirmation);
}
