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
              curfew scan --target sandbox/eu-west-1
            Several at once, on as many machines as you like, share one scan: each reads what no other has begun, and \
            all end with the same summary. What one that was killed was reading is taken over. With --target it reads \
            at once and for itself, beside whatever scan is at work.
            Exit status 4 when a target could not be read completely: nothing is concluded about what stands there.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("Only this account (id or configured name).", valueName: "id")) var account: String?
    @Option(help: ArgumentHelp("Only this region.", valueName: "region")) var region: String?
    @Option(
        help: ArgumentHelp(
            "Only this target, now: an account (id or configured name) and a region. Repeatable.",
            valueName: "account/region"
        )
    ) var target: [String] = []
    @Flag(help: "Read the resources of unchanged components again, too.") var full = false

    func validate() throws {
        guard target.isEmpty || (account == nil && region == nil) else {
            throw ValidationError("--target names account and region: leave out --account and --region")
        }
    }

    func perform(_ shell: Shell) async throws -> ExitStatus {
        // Who names targets means some that are known.
        let namesNone = account == nil && region == nil && target.isEmpty
        return try await shell.session(common, finding: namesNone) { session in
            let targets = try target.isEmpty ? chosen(session) : named(session)
            let all = targets?.count ?? session.wiring.rules.targets.count
            let read = Mutex(0)
            let outcome = try await (target.isEmpty ? session.scan : session.promptScan).run(
                only: targets,
                full: full,
                until: session.wiring.clock().later(by: session.found.settings.scan.within),
                clock: session.wiring.clock,
                progress: { progress in
                    switch progress {
                    case .read(let reading):
                        let count = read.withLock { count in
                            count += 1
                            return count
                        }
                        shell.progress("read \(count) of \(all) targets: \(reading.target)")
                    case .joined(let scan, let others):
                        let names = others.isEmpty ? "processes that ended" : others.joined(separator: ", ")
                        shell.say("taking part in scan \(scan), begun by \(names)")
                    case .lost(let target):
                        shell.say("\(target) is read anew: this process was not heard of for too long")
                    case .waiting(let unread, let holders):
                        let names = holders.isEmpty ? "another process" : holders.joined(separator: ", ")
                        shell.progress(
                            unread == 0
                                ? "waiting for the end of the scan" : "waiting for \(unread) targets of \(names)"
                        )
                    }
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
                        worker: outcome.worker,
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

    /// Those of `--target`, each of them configured.
    private func named(_ session: Session) throws -> [Target] {
        let names = session.found.settings.accountNames
        return try target.map { text in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, let region = parts.last else {
                throw Problem(.usage, "\(text) is no target", advice: "write account/region, such as sandbox/eu-west-1")
            }
            let found = session.wiring.rules.targets.first { target in
                (target.account.text == parts[0] || names[target.account] == parts[0]) && target.region.text == region
            }
            guard let found else {
                throw Problem(
                    .usage,
                    "\(text) is no known target",
                    advice: Self.whereTargetsStand(session)
                )
            }
            return found
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
                advice: Self.whereTargetsStand(session)
            )
        }
        return targets
    }

    private static func whereTargetsStand(_ session: Session) -> String {
        session.found.settings.findsTargets
            ? "curfew accounts lists them; a whole scan finds new ones"
            : "the settings file lists accounts and their regions"
    }
}
