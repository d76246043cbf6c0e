//! Each noun as the subject that findings and gaps name it by.

use sixward_estate::{
    Endpoint, Estate, Firewall, Gateway, Interface, InterfaceOwner, Link, Network, PrefixList,
    RouteTable, Subject, Subnet, Transit, TransitTable,
};

/// Something that a hop can be at.
pub(super) trait Known {
    fn subject(&self) -> Subject;
}

macro_rules! known {
    (@name $self:ident) => { "" };
    (@name $self:ident $name:ident) => { $self.$name.as_str() };
    ($($noun:ty = $word:literal $($name:ident)?;)*) => {$(
        impl Known for $noun {
            fn subject(&self) -> Subject {
                Subject::new($word, self.id.as_str(), known!(@name self $($name)?))
            }
        }
    )*};
}

known! {
    Network = "network" name;
    Subnet = "subnet" name;
    RouteTable = "route-table" name;
    Gateway = "gateway" name;
    Link = "link" name;
    Transit = "transit" name;
    TransitTable = "transit-table";
    Endpoint = "endpoint" name;
    Firewall = "firewall" name;
    PrefixList = "prefix-list" name;
}

/// An interface by its host's name, since it has none of its own.
pub(super) fn interface(estate: &Estate, interface: &Interface) -> Subject {
    let name = match &interface.owner {
        InterfaceOwner::Host(id) => estate.hosts.get(id).map(|host| host.name.as_str()),
        InterfaceOwner::Balancer(id) => estate.balancers.get(id).map(|it| it.name.as_str()),
        InterfaceOwner::Service(id) => estate.services.get(id).map(|it| it.name.as_str()),
        InterfaceOwner::Managed(words) => Some(words.as_str()),
        _ => None,
    };
    Subject::new("interface", interface.id.as_str(), name.unwrap_or_default())
}
