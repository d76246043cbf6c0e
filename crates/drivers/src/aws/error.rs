//! What can go wrong: with one call (a class and a reason) and with the whole discovery.

use std::fmt;

/// Why a call gave no answer. The class decides about retries; the product words its
/// findings by it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum ErrorClass {
    /// The credentials are good and may not make this call.
    Denied,
    /// The credentials themselves were refused: unknown, expired, wrongly signed.
    Credentials,
    /// This endpoint does not know the operation.
    NotImplemented,
    /// The request was refused for what it says.
    Invalid,
    /// Too many requests, and patience did not help.
    Throttled,
    /// The service failed.
    Server,
    /// No answer in time.
    Timeout,
    /// No connection, or one that broke.
    Connection,
    /// An answer that is not one of the operation's answers.
    Garbled,
    /// A list that cannot be had whole.
    CutShort,
}

impl fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Denied => "denied",
            Self::Credentials => "credentials refused",
            Self::NotImplemented => "not implemented",
            Self::Invalid => "invalid request",
            Self::Throttled => "throttled",
            Self::Server => "service failure",
            Self::Timeout => "timed out",
            Self::Connection => "no connection",
            Self::Garbled => "unreadable answer",
            Self::CutShort => "cut short",
        })
    }
}

/// Why nothing could be discovered at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoverError {
    /// The region cannot be one.
    #[error("{region:?} is not the name of an AWS region")]
    Region {
        /// What was given.
        region: String,
    },
    /// The endpoint cannot be called.
    #[error("{endpoint:?} is not an endpoint")]
    Endpoint {
        /// What was given.
        endpoint: String,
    },
    /// The user's credential chain ended without credentials.
    #[error("no usable AWS credentials")]
    NoCredentials {
        /// The profile that was asked for.
        profile: Option<String>,
        /// What the chain said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// AWS does not take the credentials.
    #[error("AWS refused the credentials: {reason}")]
    CredentialsRefused {
        /// The service's code and message.
        reason: String,
    },
    /// Nobody answers.
    #[error("cannot reach {endpoint}: {reason}")]
    Unreachable {
        /// What was called.
        endpoint: String,
        /// What the connection died of.
        reason: String,
    },
    /// Somebody answers, with nothing but refusals.
    #[error("all {calls} calls were refused, {operation} with: {reason}")]
    AllRefused {
        /// How many were made.
        calls: usize,
        /// The first of them.
        operation: String,
        /// Its reason.
        reason: String,
    },
    /// This program could not get as far as calling.
    #[error("cannot prepare calls to AWS: {what}")]
    Setup {
        /// The part that failed.
        what: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl DiscoverError {
    /// What the user can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Region { .. } => "give a region such as eu-west-1".to_owned(),
            Self::Endpoint { .. } => "give a URL such as http://127.0.0.1:5000".to_owned(),
            Self::NoCredentials {
                profile: Some(profile),
                ..
            } => {
                format!(
                    "try `aws sts get-caller-identity --profile {profile}`, or `aws sso login --profile {profile}`"
                )
            }
            Self::NoCredentials { profile: None, .. } => {
                "name a profile (aws:REGION,PROFILE), or set AWS_PROFILE, or run `aws configure`"
                    .to_owned()
            }
            Self::CredentialsRefused { .. } => {
                "renew the credentials, and check that the region is enabled for the account"
                    .to_owned()
            }
            Self::Unreachable { .. } => {
                "check the region's name, the network, HTTPS_PROXY, SSL_CERT_FILE and AWS_ENDPOINT_URL".to_owned()
            }
            Self::AllRefused { .. } => {
                "attach a read-only policy such as ReadOnlyAccess or AmazonVPCReadOnlyAccess"
                    .to_owned()
            }
            Self::Setup { .. } => "check the CA bundle and the limits of this process".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn a_message_does_not_repeat_its_source() {
        let error = DiscoverError::NoCredentials {
            profile: Some("ops".into()),
            source: "the chain ended".into(),
        };
        assert_eq!(error.to_string(), "no usable AWS credentials");
        assert_eq!(error.source().unwrap().to_string(), "the chain ended");
        assert!(error.hint().contains("--profile ops"));
    }
}
