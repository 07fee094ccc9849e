import ArgumentParser
import Core
import Operations
import Reports
import Settings

extension DatabaseCommand {
    struct Prune: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget what is older than the settings keep it, with --apply.",
            discussion: """
                The settings file says how long things are kept; where it says nothing:
                  tombstones: { keep: 400d }
                  retention: { scans: 90d, evaluations: 400d, messages: 180d }
                Tombstones go only with environments that ended at least that long ago: they can not be restored any \
                more. Of scans and evaluations stays what anything rests on: the newest of each target, one evaluation \
                a week, and of each account the newest complete one. Of messages the text goes; that they were sent, to \
                whom and about what, stays. Nothing younger than 30 days goes: the database refuses it. What went is \
                recorded.
                The audit log, plans, steps and approvals stay for ever: nobody who logs in can take anything out of \
                them. For a copy with its seals: curfew audit --archive FILE
                """
        )

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @Flag(help: "Forget it; left out, nothing is forgotten.") var apply = false

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let settings = session.found.settings
                let kept = RecordsKept(
                    scans: settings.retention.scans,
                    evaluations: settings.retention.evaluations,
                    messages: settings.retention.messages
                )
                let forgetting = Forgetting(
                    session.wiring,
                    retention: session.ledger,
                    keep: settings.keepTombstones,
                    records: kept
                )
                let old = apply ? try await forgetting.run() : try await forgetting.look()
                if output.json {
                    shell.print(
                        JSONText.render(
                            ForgottenJSON(tombstones: old.tombstones, records: old.records, forgotten: apply)
                        )
                    )
                    return .done
                }
                shell.print(
                    ForgottenText.text(
                        tombstones: old.tombstones,
                        records: old.records,
                        forgotten: apply,
                        tombstonesKept: settings.keepTombstones,
                        kept: kept
                    )
                )
                if !apply, !old.tombstones.isEmpty || !old.records.isEmpty {
                    shell.say("to forget them: curfew database prune --apply")
                }
                return .done
            }
        }
    }
}
