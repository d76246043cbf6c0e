//! The tunnel's addresses and routes (rtnetlink(7)), by the thread that keeps its privileges.

use std::net::Ipv6Addr;

use futures_util::TryStreamExt;
use rtnetlink::{Handle, LinkUnspec, RouteMessageBuilder};
use tokio::runtime::{Builder, Runtime};

use crate::failure::Failure;

pub(crate) struct Link {
    runtime: Runtime,
    handle: Handle,
    index: u32,
}

impl Link {
    pub(crate) fn new(name: &str) -> Result<Self, Failure> {
        let failed = |cause: String| Failure::Link {
            what: name.to_owned(),
            cause,
        };
        let runtime = Builder::new_current_thread().enable_io().build();
        let runtime = runtime.map_err(|cause| failed(cause.to_string()))?;
        let guard = runtime.enter();
        let (connection, handle, _) =
            rtnetlink::new_connection().map_err(|cause| failed(cause.to_string()))?;
        drop(guard);
        runtime.spawn(connection);
        let mut links = handle.link().get().match_name(name.to_owned()).execute();
        let link = runtime.block_on(links.try_next());
        let link = link.map_err(|cause| failed(cause.to_string()))?;
        let index = link
            .ok_or_else(|| failed("there is no such link".to_owned()))?
            .header
            .index;
        Ok(Self {
            runtime,
            handle,
            index,
        })
    }

    /// The kernel's number of the interface.
    pub(crate) fn index(&self) -> u32 {
        self.index
    }

    pub(crate) fn up(&self) -> Result<(), Failure> {
        let change = self
            .handle
            .link()
            .set(LinkUnspec::new_with_index(self.index).up().build());
        Self::done("state", self.runtime.block_on(change.execute()))
    }

    pub(crate) fn add(&self, address: Ipv6Addr) -> Result<(), Failure> {
        let add = self.handle.address().add(self.index, address.into(), 128);
        Self::done(&address.to_string(), self.runtime.block_on(add.execute()))
    }

    pub(crate) fn remove(&self, address: Ipv6Addr) -> Result<(), Failure> {
        let handle = &self.handle;
        let index = self.index;
        let removed = self.runtime.block_on(async move {
            let addresses = handle.address().get().set_link_index_filter(index);
            let mut found = addresses.set_address_filter(address.into()).execute();
            while let Some(message) = found.try_next().await? {
                handle.address().del(message).execute().await?;
            }
            Ok(())
        });
        Self::done(&address.to_string(), removed)
    }

    /// A route into the tunnel.
    pub(crate) fn route(&self, to: Ipv6Addr, length: u8, metric: u32) -> Result<(), Failure> {
        let route = RouteMessageBuilder::<Ipv6Addr>::new()
            .destination_prefix(to, length)
            .output_interface(self.index)
            .priority(metric)
            .build();
        let add = self.handle.route().add(route).replace();
        Self::done(
            &format!("route {to}/{length}"),
            self.runtime.block_on(add.execute()),
        )
    }

    fn done(what: &str, result: Result<(), rtnetlink::Error>) -> Result<(), Failure> {
        result.map_err(|cause| Failure::Link {
            what: what.to_owned(),
            cause: cause.to_string(),
        })
    }
}
