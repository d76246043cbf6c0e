//! The user's own AWS settings: credentials, endpoints, TLS.
//!
//! The chain is `aws-config`'s, which is every SDK's: environment, profiles, SSO, assumed
//! roles, web identity, credential processes, container and instance metadata. TLS is
//! rustls with ring and the system's roots, or those in `SSL_CERT_FILE` (the SDK for Rust
//! knows no `AWS_CA_BUNDLE`); proxies are the environment's. Both hold for fetching
//! credentials and for our own calls.

use std::time::{Duration, SystemTime};

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Connector, proxy::ProxyConfig};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_types::service_config::ServiceConfigKey;
use tokio::sync::Mutex;

use super::endpoint::{self, Flavour};
use super::shapes::Service;
use super::{Account, DiscoverError};

const CONNECT: Duration = Duration::from_secs(5);
/// Credentials that end within this time are renewed before they are used.
const NEARLY_OVER: Duration = Duration::from_mins(5);

/// Who calls, and where to.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) region: String,
    pub(crate) connector: SharedHttpConnector,
    endpoint: Option<String>,
    config: SdkConfig,
    provider: SharedCredentialsProvider,
    held: Mutex<Option<Credentials>>,
}

impl Session {
    pub(crate) async fn open(account: &Account) -> Result<Self, DiscoverError> {
        if !endpoint::is_region(&account.region) {
            return Err(DiscoverError::Region {
                region: account.region.clone(),
            });
        }
        let region = Region::new(account.region.clone());
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .region(region.clone())
            .http_client(http_client());
        if let Some(profile) = &account.profile {
            loader = loader.profile_name(profile);
        }
        let config = loader.load().await;
        let named = account
            .profile
            .as_ref()
            .map(|profile| of_profile(profile, region, &config));
        let provider = named.or_else(|| config.credentials_provider());
        let provider = provider.ok_or_else(|| DiscoverError::NoCredentials {
            profile: account.profile.clone(),
            source: "the credential chain is empty".into(),
        })?;
        let settings = HttpConnectorSettings::builder()
            .connect_timeout(CONNECT)
            .build();
        Ok(Self {
            region: account.region.clone(),
            connector: connector(&settings),
            endpoint: account.endpoint.clone(),
            config,
            provider,
            held: Mutex::new(None),
        })
    }

    /// The credentials, renewed when they are about to end.
    pub(crate) async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let mut held = self.held.lock().await;
        if let Some(credentials) = held.as_ref().filter(|credentials| lasts(credentials)) {
            return Ok(credentials.clone());
        }
        let credentials = self.provider.provide_credentials().await?;
        *held = Some(credentials.clone());
        Ok(credentials)
    }

    /// What to call for `service`: the caller's endpoint, the user's settings, AWS's own.
    pub(crate) fn url(&self, service: &Service) -> String {
        let url = self
            .endpoint
            .clone()
            .or_else(|| self.configured(&service.id))
            .unwrap_or_else(|| endpoint::url(&service.endpoint, &self.region, self.flavour()));
        format!("{}/", url.trim_end_matches('/'))
    }

    /// Which hosts the user's settings ask for.
    pub(crate) fn flavour(&self) -> Flavour {
        Flavour {
            fips: self.config.use_fips().unwrap_or(false),
            dual_stack: self.config.use_dual_stack().unwrap_or(false),
        }
    }

    /// What the user's settings call for a service, if they name anything.
    pub(crate) fn configured(&self, service: &str) -> Option<String> {
        let key = ServiceConfigKey::builder()
            .service_id(service)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .ok()?;
        let own = self
            .config
            .service_config()
            .and_then(|settings| settings.load_config(key));
        own.or_else(|| self.config.endpoint_url().map(str::to_owned))
    }
}

/// A profile that is asked for by name goes before keys in the environment, as with the CLI's
/// `--profile`. The default chain has it the other way round, and would read another account.
fn of_profile(profile: &str, region: Region, config: &SdkConfig) -> SharedCredentialsProvider {
    let settings = ProviderConfig::without_region()
        .with_region(Some(region))
        .with_http_client(http_client())
        .with_use_fips(config.use_fips())
        .with_use_dual_stack(config.use_dual_stack());
    let provider = ProfileFileCredentialsProvider::builder()
        .configure(&settings)
        .profile_name(profile);
    SharedCredentialsProvider::new(provider.build())
}

fn lasts(credentials: &Credentials) -> bool {
    credentials
        .expiry()
        .is_none_or(|end| end > SystemTime::now() + NEARLY_OVER)
}

/// For `aws-config`, which asks for a connector per purpose: instance metadata is given
/// one second, single sign-on more.
pub(crate) fn http_client() -> SharedHttpClient {
    http_client_fn(|settings, _| connector(settings))
}

fn connector(settings: &HttpConnectorSettings) -> SharedHttpConnector {
    let connector = Connector::builder()
        .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
        .proxy_config(ProxyConfig::from_env())
        .connector_settings(settings.clone())
        .build();
    SharedHttpConnector::new(connector)
}
