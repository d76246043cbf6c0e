//! Plans to walk: the guide's estate, a hundred steps, and random ones.

use std::fs;
use std::path::{Path, PathBuf};

use sixward_estate::Estate;
use sixward_estate::intent::{AddressChoice, Intent};
use sixward_plan::{Plan, plan};

use crate::estates::{NetworkRecipe, Recipe, SubnetRecipe};

fn scenario(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../scenarios")
        .join(name)
}

/// The estate of a scenario's dumps.
fn given(name: &str) -> Estate {
    let folder = scenario(name).join("given");
    let mut reader = sixward_ingest::aws::Reader::new();
    let mut files = Vec::new();
    find(&folder, &mut files);
    files.sort();
    for file in files {
        let name = file.strip_prefix(&folder).unwrap().to_str().unwrap();
        reader.read(name, &fs::read(&file).unwrap()).unwrap();
    }
    reader.finish().estate
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// The plan of a scenario.
pub(crate) fn of(name: &str) -> Plan {
    let intent = fs::read_to_string(scenario(name).join("intent.toml")).unwrap_or_default();
    plan(given(name), Intent::parse(&intent).unwrap())
}

/// The same with addresses that the provider chooses.
pub(crate) fn automatic(name: &str) -> Plan {
    let intent = fs::read_to_string(scenario(name).join("intent.toml")).unwrap_or_default();
    let intent = Intent {
        addresses: AddressChoice::Automatic,
        ..Intent::parse(&intent).unwrap()
    };
    plan(given(name), intent)
}

/// A plan of a hundred steps and a few: three networks, peered, at a hub.
pub(crate) fn hundred() -> Plan {
    let network = |hosts: usize| NetworkRecipe {
        subnets: (0..4)
            .map(|tier| SubnetRecipe {
                tier,
                custom_list: tier == 1,
                zone: tier % 3,
            })
            .collect(),
        groups: (0..3)
            .map(|group| vec![(false, group, 1), (false, 2, 3), (true, 4, 5)])
            .collect(),
        list: vec![
            (false, false, 0, 1),
            (true, false, 0, 4),
            (false, true, 6, 0),
        ],
        hosts: (0..hosts)
            .map(|host| (host, host, host, host % 3))
            .collect(),
    };
    let recipe = Recipe {
        networks: vec![network(5), network(4), network(4)],
        peerings: vec![(0, 1), (1, 2)],
        transit: true,
    };
    of_recipe(&recipe)
}

/// The plan of a random estate. Whoever decides agrees to all restarts.
pub(crate) fn of_recipe(recipe: &Recipe) -> Plan {
    let estate = recipe.build();
    let mut intent = Intent::default();
    for host in &estate.hosts {
        let key = format!("\"restart:{}\" = \"yes\"\n", host.id);
        let more = Intent::parse(&format!("[answers]\n{key}")).unwrap();
        intent.answers.extend(more.answers);
    }
    plan(estate, intent)
}
