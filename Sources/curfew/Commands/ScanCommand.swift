import ArgumentParser
import Core
import Operations
import Reports
import Settings
import Synchronization

struct ScanCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Read the targets and record which environments are there.",
        discussion: """
            Examples:
              curfew scan
              curfew scan --account 111122223333 --region eu-west-1
            Exit status 4 when a target could not be read completely: nothing is concluded about what stands there.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("Only this account (id or configured name).", valueName: "id")) var account: String?
    @Option(help: ArgumentHelp("Only this region.", valueName: "region")) var region: String?
    @Flag(help: "Read the resources of unchanged components again, too.") var full = false

    func perform(_ shell: Shell) async throws -> ExitStatus {
        // Who names targets means some that are known.
        try await shell.session(common, finding: account == nil && region == nil) { session in
            let targets = try chosen(session)
            let all = session.wiring.rules.targets.count
            let read = Mutex(0)
            let outcome = try await session.scan.run(
                only: targets,
                full: full,
                until: session.wiring.clock().later(by: session.found.settings.scan.within),
                clock: session.wiring.clock,
                progress: {
                    let count = read.withLock { count in
                        count += 1
                        return count
                    }
                    shell.progress("read \(count) of \(targets?.count ?? all) targets: \($0.target)")
                }
            )
            shell.endProgress()
            let notFound = outcome.troubles.map { NotFoundJSON(what: $0.what, why: $0.why, advice: $0.advice) }
            let unread = try await session.unreadTargets()
            shell.print(
                output.json
                    ? JSONText.render(
                        ScanJSON(outcome.summary, notes: outcome.notes, notFound: notFound, unread: unread)
                    )
                    : ScanText.text(
                        outcome.summary,
                        notes: outcome.notes,
                        notFound: notFound,
                        unread: unread,
                        on: session.canvas
                    )
            )
            if !outcome.moved.isEmpty {
                shell.say(
                    "\(Canvas.counted(outcome.moved.count, "environment")) in another space than before, as the settings "
                        + "have it now: \(outcome.moved.map(\.text).joined(separator: ", "))"
                )
                shell.say("protections, leases and claims went along; findings begin anew")
            }
            if outcome.isComplete {
                shell.say("\(outcome.environments) environments; next: curfew list, curfew evaluate")
            } else {
                shell.say("the reading is partial: nothing is concluded about what stands in the targets that failed")
            }
            return ExitStatus.done.and(.partial, when: !outcome.isComplete).and(.unavailable, when: outcome.readNothing)
        }
    }

    private func chosen(_ session: Session) throws -> [Target]? {
        if account == nil, region == nil { return nil }
        let names = session.found.settings.accountNames
        let targets = session.wiring.rules.targets.filter { target in
            (account == nil || target.account.text == account || names[target.account] == account)
                && (region == nil || target.region.text == region)
        }
        guard !targets.isEmpty else {
            throw Problem(
                .usage,
                "no known target matches",
                advice: session.found.settings.findsTargets
                    ? "curfew accounts lists them; a whole scan finds new ones"
                    : "the settings file lists accounts and their regions"
            )
        }
        return targets
    }
}
