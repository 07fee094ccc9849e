import ArgumentParser
import Core
import Operations
import Reports
import Settings

extension DatabaseCommand {
    struct Prune: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget tombstones older than the settings keep them, with --apply.",
            discussion: """
                The settings file says how long they are kept, 400 days where it says nothing:
                  tombstones: { keep: 400d }
                Only those of environments that ended at least that long ago go, and none that is younger than 30 days: \
                the database refuses it. What is forgotten can not be restored any more; which ones went is recorded.
                """
        )

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @Flag(help: "Forget them; left out, nothing is forgotten.") var apply = false

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let forgetting = Forgetting(
                    session.wiring,
                    retention: session.ledger,
                    keep: session.found.settings.keepTombstones
                )
                let old = apply ? try await forgetting.run() : try await forgetting.look()
                if output.json {
                    shell.print(JSONText.render(old.map { OldTombstoneJSON($0, forgotten: apply) }))
                    return .done
                }
                let kept = DurationText.format(session.found.settings.keepTombstones)
                let count = "\(old.count) tombstone\(old.count == 1 ? "" : "s") older than \(kept)"
                let names = Set(old.map(\.environment.name)).sorted().map(\.text).joined(separator: ", ")
                let of = names.isEmpty ? "" : ", of \(names)"
                shell.print(apply ? "forgot \(count)\(of)" : "there are \(count)\(of)")
                if !apply, !old.isEmpty { shell.say("to forget them: curfew database prune --apply") }
                return .done
            }
        }
    }
}
