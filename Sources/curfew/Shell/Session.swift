import AWS
import Core
import Foundation
import Ledger
import Operations
import Providers
import Settings

/// Everything a command works with, opened once.
struct Session: Sendable {
    let shell: Shell
    let found: FoundSettings
    let ledger: PostgresLedger
    let aws: AWSWiring
    let wiring: Wiring
    let secrets: Secrets
    /// What could not be found out about where to read; only scans look.
    let troubles: [TargetTrouble]

    /// Reads the targets, and whatever else the settings say is to be known about what stands there.
    var scan: Scan {
        // An emulator on this machine answers as often as it is asked.
        let isLimited = !aws.isLoopback
        let trails = TrailSweep(
            trails: aws.provider,
            store: ledger,
            targets: wiring.rules.configured,
            rules: wiring.rules.owners,
            clock: wiring.clock,
            sleep: { if isLimited { try await Task.sleep(for: $0) } }
        )
        let branches = BranchEvidence(
            host: gitHosts,
            store: ledger,
            repositories: found.settings.repositories.map(\.repository),
            names: wiring.rules.names
        )
        let signals = SignalsOfEnvironments(
            provider: aws.provider,
            store: ledger,
            rules: wiring.signals,
            readSchedules: TemplateFile.schedules
        )
        let costs = CostEvidence(
            provider: aws.provider,
            store: ledger,
            rules: found.settings.cost,
            targets: wiring.rules.targets
        )
        return scan(evidence: [trails, branches, signals, costs], sharing: sharing)
    }

    /// Reads some targets at once, and nothing but them: what else is due, the next other scan reads.
    var promptScan: Scan {
        var alone = sharing
        alone.joins = false
        alone.patience = .seconds(600)
        return scan(evidence: [], sharing: alone)
    }

    private func scan(evidence: [any EvidenceReading], sharing: Scan.Sharing) -> Scan {
        Scan(
            provider: wiring.provider,
            store: ledger,
            rules: wiring.rules,
            locks: ledger,
            evidence: evidence,
            limits: ReadingLimits(perTarget: found.settings.scan.perTarget),
            troubles: troubles,
            sharing: sharing
        )
    }

    private var sharing: Scan.Sharing {
        Scan.Sharing(worker: shell.process, lease: min(.seconds(30), wiring.timings.executorLease))
    }

    /// The power to delete, for the reaper alone.
    var reaper: Reap {
        Reap(
            wiring,
            powers: aws.power,
            holder: shell.process,
            pacing: found.settings.reap,
            pausedHere: shell.pauseReason,
            sleep: { try await Task.sleep(for: $0) }
        )
    }
}

extension Session {
    /// Looks at tombstones and the world; it can make nothing.
    var restoring: Restoring { Restoring(wiring, limits: aws.provider, readNeeds: TemplateFile.needs) }

    /// The power to make stacks, for `restore --apply` alone.
    func restorer(_ restoring: Restoring, patience: Duration) -> RestoreRun {
        RestoreRun(
            restoring,
            maker: aws.maker,
            locks: ledger,
            patience: patience,
            sleep: { try await Task.sleep(for: $0) }
        )
    }
}

extension Shell {
    /// Opens settings, database and provider, runs the body, and closes what was opened.
    ///
    /// `finding`: look for accounts and regions; without it they are those that were found the last time.
    func session(
        _ options: CommonOptions,
        finding: Bool = false,
        _ body: (Session) async throws -> ExitStatus
    ) async throws -> ExitStatus {
        let found = try settings(options)
        let secrets = secrets(found.settings)
        let whole = try await secrets.withExternalIDs(found.settings)
        let runtimes = try runtimeTable(found)
        // Whatever is wrong here is said before anything is opened.
        let configured = try AWSWiring(whole, variables: variables, tell: { say("curfew: \($0)") })
        return try await withLedger(found.settings, secrets) { ledger in
            await configured.pace.share(through: ledger)
            let targets = try await reached(whole, configured, in: ledger, finding: finding)
            var found = found
            found.known = targets.known
            // Also where nothing is planned for a long time: what is said of an account is true.
            if finding { try await ledger.lapseModes(found.settings.accountOrigins) }
            let session = Session(
                shell: self,
                found: found,
                ledger: ledger,
                aws: targets.aws,
                wiring: Wiring(found, ledger: ledger, aws: targets.aws, runtimes: runtimes),
                secrets: secrets,
                troubles: targets.troubles
            )
            return try await body(session)
        }
    }

    func withLedger(
        _ settings: Settings?,
        _ secrets: Secrets? = nil,
        _ body: (PostgresLedger) async throws -> ExitStatus
    ) async throws -> ExitStatus {
        let location = try await databaseLocation(settings, secrets)
        let ledger = try await reporting { try await LedgerDatabase.open(location, progress: { progress($0) }) }
        endProgress()
        let outcome: Result<ExitStatus, any Error>
        do { outcome = .success(try await body(ledger)) } catch { outcome = .failure(error) }
        let unsealed = await seal(ledger)
        await ledger.close()
        guard let unsealed else { return try outcome.get() }
        // What the command itself failed with comes first; here there is only one line for the other.
        if case .failure = outcome { say("curfew: \(unsealed.summary)") }
        _ = try outcome.get()
        throw unsealed
    }

    /// P14: whatever a command wrote down is sealed at its end.
    private func seal(_ ledger: PostgresLedger) async -> Problem? {
        guard ledger.needsSealing else { return nil }
        do throws(StoreFailure) {
            try await ledger.seal()
            return nil
        } catch {
            return Problem(
                Problem(error).kind,
                "what was done is written down, but could not be sealed: \(error.summary)",
                advice: "the next command that changes something seals it; see: curfew audit"
            )
        }
    }

    /// The table of Lambda's runtimes that the settings name, or the program's own.
    func runtimeTable(_ found: FoundSettings) throws(Problem) -> RuntimeTable {
        do {
            guard let named = found.settings.runtimesFile else { return try RuntimeTableFile.embedded() }
            let file = found.path(named)
            return try RuntimeTableFile.parse(try read(file), file: file)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.data, "\(error)")
        }
    }

    /// What the settings say, of which $CURFEW_DATABASE_URL is part; without any, that or a private cluster in the data
    /// folder.
    func databaseLocation(
        _ settings: Settings?,
        _ secrets: Secrets? = nil
    ) async throws(Problem) -> LedgerLocation {
        if settings == nil, let url = variables["CURFEW_DATABASE_URL"], !url.isEmpty { return .url(url) }
        switch settings?.database ?? .embedded {
        case .embedded: return .embedded(dataFolder: dataFolder, serverUser: variables["CURFEW_SERVER_USER"])
        case .url(let url): return .url(url)
        case .secret(let reference):
            return .url(try await (secrets ?? self.secrets(settings)).secret(reference))
        case .environment(let name):
            guard let url = variables[name], !url.isEmpty else {
                throw Problem(
                    .configuration,
                    "the database's URL should be in $\(name), which is not set",
                    advice: "set it"
                )
            }
            return .url(url)
        case .file(let file):
            let text = String(decoding: try read(file), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard !text.isEmpty else {
                throw Problem(.configuration, "the file \(file) is empty", advice: "write the database's URL into it")
            }
            return .url(text)
        }
    }

    var dataFolder: String {
        let folder = LedgerLocation.defaultDataFolder(
            override: variables["CURFEW_DATA_DIR"],
            dataHome: variables["XDG_DATA_HOME"],
            home: variables["HOME"] ?? "/tmp",
            isRoot: isRoot
        )
        return folder.hasPrefix("/") ? folder : "\(self.folder)/\(folder)"
    }

    /// P8: the environment variable is read at the start, the file before every destructive call.
    var pauseReason: @Sendable () -> String? {
        let variable = variables["CURFEW_PAUSE"].flatMap { $0.isEmpty || $0 == "0" ? nil : $0 }
        let file = "\(dataFolder)/pause"
        return {
            if let variable { return "$CURFEW_PAUSE is set (\(variable))" }
            return FileManager.default.fileExists(atPath: file) ? "the file \(file) is there" : nil
        }
    }

    /// Says that nothing would be torn down now, to whoever just looked at what might be.
    func sayIfPaused(_ session: Session) async throws {
        if let reason = pauseReason() {
            return say("this machine stands still: \(reason); nothing is torn down from here")
        }
        guard let reason = try await session.ledger.pauseReason() else { return }
        say("everything is paused: \(reason); nothing is torn down until: curfew resume")
    }

    /// An error of any layer below as a problem.
    func reporting<Value>(_ body: () async throws -> Value) async throws(Problem) -> Value {
        do { return try await body() } catch { throw Problem(error) }
    }
}

extension Wiring {
    init(_ found: FoundSettings, ledger: PostgresLedger, aws: AWSWiring, runtimes: RuntimeTable) {
        let settings = found.settings
        // A set and no more: what plans are made with holds nothing that gives out power (P1).
        let bounded = Set(settings.accounts.map(\.id).filter(aws.power.isBounded))
        self.init(
            provider: aws.provider,
            store: ledger,
            rules: ScanRules(settings),
            accountNames: settings.accountNames,
            organizationNames: found.known?.names,
            accountOrigins: settings.accountOrigins,
            people: settings.people.map { person in
                Operations.Person(
                    name: person.name,
                    logins: Set(person.logins),
                    owns: Set(([person.name] + person.addresses + person.logins).map { OwnerName($0).text }),
                    groups: Set(person.groups)
                )
            },
            automaticAllowed: aws.isLoopback,
            timings: Operations.Timings(
                goneApart: settings.timings.confirmGone,
                observe: settings.timings.reapFor,
                poll: settings.timings.observe,
                executorLease: settings.timings.executorLease,
                signatureWindow: settings.timings.signatureWindow
            ),
            teardown: settings.teardown,
            breaker: settings.breaker,
            runtimes: runtimes,
            signals: settings.signals,
            readTemplate: TemplateFile.read,
            isBounded: { bounded.contains($0) },
            readPolicy: { (source) throws(Problem) in try PolicyTexts(applied: source).meaning(nil) },
            clock: { Date() }
        )
    }
}

extension Settings {
    /// Where each account comes from that is looked after.
    fileprivate var accountOrigins: [AccountID: AccountOverview.Origin] {
        Dictionary(accounts.map { ($0.id, $0.isDiscovered ? .organization : .settings) }) { first, _ in first }
    }
}

extension ScanRules {
    init(_ settings: Settings) {
        self.init(
            targets: settings.accounts.flatMap(\.targets),
            names: settings.names,
            owners: settings.owners,
            // Also of accounts that are not read now: what is known of them stays where it is.
            spaces: Dictionary(
                (settings.accounts.map(\.id) + settings.spaces.values.joined()).map { ($0, settings.space(of: $0)) },
                uniquingKeysWith: { first, _ in first }
            )
        )
    }
}
