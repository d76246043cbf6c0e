//! A lab touches nothing outside.

use sixward_lab::{Lab, Layout, Outside};

use crate::given;

pub(crate) fn nothing(outside: &Outside) {
    let before = outside.state().unwrap();
    assert!(before.len() > 3, "a machine has links, routes and rules");
    let lab = Lab::make(Layout::of(&given::estate("aws-two-tier"))).unwrap();
    assert_eq!(outside.state().unwrap(), before, "while it stands");
    drop(lab);
    assert_eq!(outside.state().unwrap(), before, "afterwards");
}
