//! An ordinary user on a bare system: a root that holds the program, the libraries that it is linked with and a
//! scenario, and no program beside it: nothing but the kernel is needed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_sixward");

#[test]
fn a_plan_is_rehearsed_with_nothing_but_the_kernel() {
    let root = tempfile::tempdir().unwrap();
    let own = root.path();
    fs::set_permissions(own, fs::Permissions::from_mode(0o755)).unwrap();
    for folder in ["etc", "old", "proc", "run"] {
        fs::create_dir(own.join(folder)).unwrap();
    }
    fs::copy(PROGRAM, own.join("sixward")).unwrap();
    for library in libraries() {
        let to = own.join(library.strip_prefix("/").unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(&library, to).unwrap();
    }
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/aws-two-tier");
    copy(&scenario, &own.join("scenarios/aws-two-tier"));

    // Within `chroot` alone the kernel gives no namespaces: the root is moved as at boot. Who is root here becomes nobody;
    // who is not may do so in a user namespace.
    let (into, moves): (&[&str], _) = if command("id", &["-u"]) == "0\n" {
        let moves = "mount --move . / && exec chroot --userspec=65534:65534 .";
        (&["--mount"], moves)
    } else {
        (
            &["--mount", "--user", "--map-root-user"],
            "pivot_root . old && exec",
        )
    };
    let script = format!(
        "mount --bind . . && cd \"$PWD\" && mount --rbind /proc proc && {moves} /sixward rehearse scenarios/aws-two-tier"
    );
    let run = Command::new("unshare")
        .args(into)
        .args(["sh", "-c", &script])
        .current_dir(own)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .output()
        .unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    let shown = String::from_utf8(run.stderr).unwrap();
    assert!(run.status.success(), "{said}{shown}");
    assert!(said.contains("EVERY PACKET WENT AS PROVED"), "{said}");
    assert!(
        said.contains("IPv6  internet → web  passes now  tcp/80, tcp/443"),
        "{said}"
    );
}

/// What the program is linked with, and what loads it.
fn libraries() -> Vec<PathBuf> {
    let told = command("ldd", &[PROGRAM]);
    let paths = told.split_whitespace().filter(|word| word.starts_with('/'));
    paths.map(PathBuf::from).collect()
}

fn command(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
