//! Files that another system puts into a folder.

use std::path::PathBuf;

use kernel::Clock as _;
use testkit::store::for_each_store;

use crate::world::{HEADER, PATIENCE, World, access};

fn files(world: &World, folder: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(world.drop_folder.join(folder)) else {
        return Vec::new();
    };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_file_is_taken_in_and_a_bad_one_put_aside() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        // A file is whole when nobody has written to it for a while: it is written aside, made old, and put there.
        let put = |name: &str, text: &str| {
            let aside = world.drop_folder.join(format!(".{name}"));
            std::fs::write(&aside, text).unwrap();
            let old = world.clock.now() - chrono::Duration::minutes(5);
            let file = std::fs::File::options().write(true).open(&aside).unwrap();
            file.set_modified(old.into()).unwrap();
            std::fs::rename(aside, world.drop_folder.join(name)).unwrap();
        };
        put(
            "night.csv",
            &format!(
                "{HEADER}\n{}\nSNFDMO;x y;;;;1;;OTHER;;;;;\n",
                access("1", 1)
            ),
        );
        testkit::eventually!(PATIENCE, files(&world, "done").len() == 3);
        assert_eq!(world.count("access").await, 1);
        let names: Vec<_> = files(&world, "done")
            .iter()
            .map(|f| f.extension().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["file", "rejected", "json"]);
        put("broken.csv", "what;is;this\n");
        testkit::eventually!(PATIENCE, files(&world, "failed").len() == 2);
        let report = std::fs::read_to_string(&files(&world, "failed")[1]).unwrap();
        assert!(report.contains("no header was found"), "{report}");
        assert!(!world.drop_folder.join("broken.csv").exists());
        world.stop().await;
    })
    .await;
}
