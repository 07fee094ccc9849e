import ArgumentParser
import Core
import Foundation
import Ledger
import Operations
import Reports
import Settings

struct NightlyCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "nightly",
        abstract: "Scan, evaluate, plan what is due, tell the owners: everything that needs no person.",
        discussion: """
            Examples:
              curfew nightly
              curfew nightly --dry-run            what would change, be planned and be said; nothing is kept or sent
            It deletes nothing: `curfew reap`, run every hour, carries out what people approved while the window is \
            open. One night at a time, on whichever machine (75). What cannot be done is said, and the next night goes \
            on with it; then the exit status is not 0: 4 something could not be read, 5 something could not be done. \
            SIGTERM or SIGINT ends it within seconds: what was not done is said, and is 5, too.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Say what would be done, on the newest scan.") var dryRun = false

    func perform(_ shell: Shell) async throws -> ExitStatus {
        if dryRun { return try await shell.session(common) { try await preview($0) } }
        let found = try shell.settings(common)
        let stop = Interruption.asRequests()
        let pings = await NightPings(found.settings.night.ping, shell: shell, secrets: shell.secrets(found.settings))
        do {
            let text = try await run(shell, pings, stop)
            await pings.ended(status: text.status, text.ping)
            return ExitStatus(status: text.status)
        } catch let problem as Problem where problem.kind == .locked {
            // The other one tells of itself.
            throw problem
        } catch {
            let problem = Problem(error)
            await pings.ended(status: problem.kind.rawValue, problem.description)
            _ = writeMetrics(
                found,
                shell,
                NightMetrics(numbers: [:], status: problem.kind.rawValue, endedAt: Date(), lastSuccess: nil)
            )
            throw problem
        }
    }

    private func run(_ shell: Shell, _ pings: NightPings, _ stop: StopRequest) async throws -> NightText {
        var text: NightText?
        _ = try await shell.session(common, finding: true) { session in
            var outcome = try await session.nightly(stop).run(
                begun: { await pings.began() },
                progress: { session.shell.progress($0) }
            )
            session.shell.endProgress()
            let good = try await session.ledger.lastGoodNight()
            let metrics = NightMetrics(
                numbers: outcome.numbers,
                status: outcome.status,
                endedAt: session.wiring.clock(),
                lastSuccess: good?.endedAt
            )
            // Monitoring takes a night that it does not hear of for missing (N1).
            if !writeMetrics(session.found, shell, metrics) { outcome.statuses.insert(.configuration) }
            let night = NightText(outcome)
            session.shell.print(
                output.json
                    ? JSONText.render(
                        NightJSON(night, statuses: outcome.statuses.map(\.rawValue).sorted(), numbers: outcome.numbers)
                    ) : night.text
            )
            text = night
            return .done
        }
        guard let text else { throw Problem(.bug, "the night ended without a word") }
        return text
    }

    /// Written beside and renamed: the collector never reads a half.
    ///
    /// - Returns: false when they were not, which was said.
    private func writeMetrics(_ found: FoundSettings, _ shell: Shell, _ metrics: NightMetrics) -> Bool {
        guard let file = found.settings.night.metrics else { return true }
        let url = URL(fileURLWithPath: file, relativeTo: URL(fileURLWithPath: found.file).deletingLastPathComponent())
        let folder = url.deletingLastPathComponent().path
        // What follows the last slash is looked for through a link, as a mounted folder often is.
        guard FileManager.default.fileExists(atPath: folder + "/.") else {
            shell.fail(
                Problem(
                    .configuration,
                    "the night's metrics were not written: there is no folder \(folder), which `night.metrics` names",
                    advice: "make it, writable for the user that runs curfew, or correct night.metrics in \(found.file)"
                )
            )
            return false
        }
        var metrics = metrics
        if metrics.lastSuccess == nil, let old = try? String(contentsOf: url, encoding: .utf8) {
            metrics.lastSuccess = NightMetrics.lastSuccess(in: old)
        }
        let beside = url.deletingLastPathComponent().appendingPathComponent(
            ".\(url.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier)"
        )
        do {
            try Data(metrics.text.utf8).write(to: beside)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: beside.path)
            guard unsafe rename(beside.path, url.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
            return true
        } catch {
            try? FileManager.default.removeItem(at: beside)
            shell.fail(
                Problem(
                    .configuration,
                    "the night's metrics could not be written to \(url.path): \(error.localizedDescription)",
                    advice: "check the rights and the space of \(folder); monitoring takes the last night for missing"
                )
            )
            return false
        }
    }

    private func preview(_ session: Session) async throws -> ExitStatus {
        let outcome = try await session.nightly(.never).preview()
        let preview = NightPreview(
            changes: outcome.changes,
            due: outcome.due,
            contents: outcome.contents,
            unreachable: outcome.unreachable
        )
        session.shell.print(output.json ? JSONText.render(NightPreviewJSON(preview)) : preview.text)
        return ExitStatus.done.and(.partial, when: outcome.isPartial)
    }
}

extension NightText {
    init(_ outcome: Nightly.Outcome) {
        self.init(
            night: outcome.night.map(\.description) ?? "none",
            status: outcome.status,
            steps: outcome.steps.map { ($0.step.rawValue, $0.line) },
            leftUndone: outcome.leftUndone,
            discreet: outcome.discreet,
            waiting: outcome.waiting,
            seconds: outcome.numbers["duration_seconds"] ?? 0
        )
    }
}
