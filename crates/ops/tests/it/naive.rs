//! Plans that people make by hand and that burn: the `plan.json` of each `scenarios/naive-*`.
//!
//! Made of the same changes as ours, on the running estate, so that effects, side effects and ways back
//! are the real ones and only the choice of the steps is naive. `UPDATE_EXPECT=1` writes them anew.

mod draft;
mod story;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use sixward_ops::{Job, Source, discover};
use sixward_plan::{read_plan, write_plan};

use draft::Draft;

#[test]
fn naive_plans_are_what_people_do() {
    let mut told = BTreeSet::new();
    for (name, story) in story::ALL {
        let folder = scenarios().join(name);
        let source = Source::find(folder.to_str().unwrap(), None).unwrap();
        let found = discover(&Job::new(source, &())).unwrap();
        let mut draft = Draft::new(found.estate, found.intent);
        story(&mut draft);
        let plan = draft.finish();
        let text = String::from_utf8(write_plan(&plan).unwrap()).unwrap();
        expect_file![folder.join("plan.json")].assert_eq(&text);
        assert_eq!(read_plan(text.as_bytes()).unwrap(), plan, "{name}");
        told.insert((*name).to_owned());
    }
    assert_eq!(told, naive_folders(), "a scenario without a story");
}

fn naive_folders() -> BTreeSet<String> {
    let names = fs::read_dir(scenarios()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("naive-")).collect()
}

fn scenarios() -> PathBuf {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    fs::canonicalize(scenarios).unwrap()
}
