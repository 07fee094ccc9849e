import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// Everything that the program needs to work, apart from every other test's: a folder with its files, two accounts of
/// its own in the emulator, and a database of its own.
struct House: Sendable {
    static let regions = ["eu-west-1", "us-east-1"]

    let folder: String
    let shop: String
    let payments: String
    /// Where AWS really is.
    let emulator: String
    /// Where the program finds it.
    var endpoint: String
    /// Of the superuser.
    let database: ConnectionSettings
    /// What the program is told in place of where the database really is, such as a proxy's place.
    var databasePlace: [String: String] = [:]
    var shortLease = false
    /// What plans may do beyond deleting stacks, as the settings say it.
    var teardown = "{}"
    /// The emulator has no limits; tests of the rate say lower ones.
    var requestsPerSecond = 10_000
    var burst = 10_000
    /// How long one reap observes what it asked for.
    var reapFor = "30s"
    /// More of the settings file, such as how mail leaves.
    var further = ""

    /// Runs a body in a house; nothing, with a loud line, where there is no emulator.
    ///
    /// `own`: an emulator for this house alone, where something in it is shared by all accounts, such as buckets' names.
    static func with(
        _ policies: HousePolicies = .automatic,
        own: Emulator? = nil,
        _ body: (House) async throws -> Void
    ) async throws {
        let shared = own == nil ? try await sharedEmulator() : nil
        guard let emulator = own?.url ?? shared else { return }
        try await PostgresFixture.shared.withDatabase(template: "whole_program", prepare: prepared) { database in
            try await with(policies, emulator: emulator, database: database, body)
        }
    }

    /// The same on a database that the caller has prepared.
    static func with(
        _ policies: HousePolicies,
        emulator: String,
        database: ConnectionSettings,
        _ body: (House) async throws -> Void
    ) async throws {
        let number = houses.add(2, ordering: .relaxed).oldValue
        let house = House(
            folder: try newFolder(),
            shop: String(100_000_000_001 + number),
            payments: String(100_000_000_002 + number),
            emulator: emulator,
            endpoint: emulator,
            database: database
        )
        defer { try? FileManager.default.removeItem(atPath: house.folder) }
        try house.writeFiles(policies)
        try await body(house)
    }

    private static let houses = Atomic(0)
    private static let emulators = Once<Emulator?>()

    /// One for the whole process: each house has accounts of its own in it.
    static func sharedEmulator() async throws -> String? {
        try await emulators.value { try await Emulator.ministack() }?.url
    }

    /// Any account of this machine may enter it.
    static func newFolder() throws -> String {
        let folder = "/tmp/curfew-house-\(getpid())-\(UInt32.random(in: 0...(.max)))"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o755]
        )
        return folder
    }

    /// The same house, whose program finds AWS somewhere else, such as behind a proxy.
    ///
    /// Where it will be killed, a reaper's lease has to run out before the next one may begin.
    func reaching(_ endpoint: String, shortLease: Bool = false) throws -> House {
        var other = self
        other.endpoint = endpoint
        other.shortLease = shortLease
        try other.writeSettings()
        return other
    }

    /// The same house with more in its settings file.
    func saying(_ further: String) throws -> House {
        var other = self
        other.further = further
        try other.writeSettings()
        return other
    }

    var accounts: [String] { [shop, payments] }

    /// CloudFormation in one account and region, spoken to directly.
    func stacks(_ account: String, _ region: String) -> EmulatorStacks {
        EmulatorStacks(url: emulator, account: account, region: region)
    }
}

// MARK: - The program in the house

extension House {
    /// Runs the program as one of the house's people, and expects it to end with the status.
    ///
    /// Whatever it says is searched for the house's secrets (P17). A status of nil expects nothing.
    @discardableResult
    func curfew(
        _ arguments: String...,
        as person: String = "ada",
        with variables: [String: String] = [:],
        expecting status: Int32? = 0,
        handle: Program.Handle = Program.Handle(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Program.Outcome {
        let outcome = try await Program.run(
            arguments,
            variables: self.variables(of: person).merging(variables, uniquingKeysWith: { $1 }),
            in: folder,
            handle: handle
        )
        if let status { #expect(outcome.status == status, "\(outcome)", sourceLocation: sourceLocation) }
        for secret in HouseSecrets.all {
            #expect(
                !outcome.output.contains(secret) && !outcome.messages.contains(secret),
                "P17 a secret is shown: \(outcome)",
                sourceLocation: sourceLocation
            )
        }
        return outcome
    }

    /// Reaps as soon as the lease of one that was killed has run out.
    @discardableResult
    func reapAfterTheLease(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Program.Outcome {
        for _ in 0..<200 {
            let outcome = try await curfew("reap", expecting: nil)
            guard outcome.status == 75 else {
                #expect(outcome.status == 0, "\(outcome)", sourceLocation: sourceLocation)
                return outcome
            }
            _ = try await lines("SELECT pg_sleep(0.1)::text")
        }
        throw Surprise("the lease never ran out")
    }

    /// The same with `--json`; what it wrote to standard output.
    func json(
        _ arguments: String...,
        as person: String = "ada",
        expecting status: Int32? = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSON {
        let outcome = try await Program.run(arguments + ["--json"], variables: variables(of: person), in: folder)
        if let status { #expect(outcome.status == status, "\(outcome)", sourceLocation: sourceLocation) }
        for secret in HouseSecrets.all {
            #expect(!outcome.output.contains(secret), "P17", sourceLocation: sourceLocation)
        }
        return try JSON(text: outcome.output)
    }

    /// The environment of a person who uses the house.
    func variables(of person: String) -> [String: String] {
        [
            "HOME": folder, "CURFEW_SETTINGS": settingsFile, "CURFEW_DATA_DIR": folder + "/data",
            "CURFEW_DATABASE_URL": connection(as: person), "AWS_CONFIG_FILE": folder + "/aws-config",
            "AWS_SHARED_CREDENTIALS_FILE": folder + "/aws-credentials", "AWS_EC2_METADATA_DISABLED": "true",
        ]
    }

    /// A connection string for libpq; the server asks for no password, and is told one all the same.
    ///
    /// Without a person it is the superuser's.
    func connection(as person: String? = nil) -> String {
        var parts = database.overrides.merging(databasePlace) { $1 }
        parts["user"] = person ?? parts["user"]
        parts["password"] = HouseSecrets.password
        return parts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    /// The first column of each row, as text.
    func lines(_ statement: SQL) async throws -> [String] {
        let connection = try await Connection.open(database)
        do {
            try await connection.execute("SET search_path = curfew")
            let rows = try await connection.query(statement)
            await connection.close()
            return try rows.map { row in try row[0, as: String.self] }
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Returns when nobody is connected any more: the server notices the end of a killed process a little later.
    func awaitQuiet() async throws {
        for _ in 0..<500 {
            let others = try await lines(
                "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if others.isEmpty { return }
            _ = try await lines("SELECT pg_sleep(0.01)::text")
        }
        Issue.record("somebody stays connected to the database")
    }

    /// Returns when the lease of a reaper that was killed, and the window of its last call, have run out.
    func awaitLease() async throws {
        try await awaitQuiet()
        for _ in 0..<100 {
            let left = try await lines(
                """
                SELECT pg_sleep(greatest(0, extract(epoch FROM expires_at + signature_window - clock_timestamp()))
                    + 0.01)::text
                FROM work_leases WHERE released_at IS NULL AND expires_at + signature_window >= clock_timestamp()
                """
            )
            if left.isEmpty { return }
        }
    }

    /// The migrated schema with its roles, and the people of every house as logins; made once, by the program itself.
    @Sendable private static func prepared(_ connection: Connection) async throws {
        let name: String = try await connection.query("SELECT current_database()::text").only()[0]
        try await prepare(connection, database: name, of: try await PostgresFixture.shared.server())
    }

    /// Makes schema and roles as a managed server's administrator would, with the program's own words.
    static func prepare(_ connection: Connection, database name: String, of server: RunningServer) async throws {
        let admin = "host=\(server.socketFolder) port=\(server.port) dbname=\(name) user=\(server.superuser)"
        let migrated = try await Program.run(
            ["database", "migrate"],
            variables: ["CURFEW_DATABASE_URL": admin, "HOME": "/tmp"],
            in: "/tmp"
        )
        let grants = try await Program.run(["database", "grants"], variables: ["HOME": "/tmp"], in: "/tmp")
        guard migrated.status == 0, grants.status == 0 else { throw Surprise("\(migrated) \(grants)") }
        try await connection.execute(script: grants.output)
        for (login, groups) in HousePeople.logins {
            try await connection.execute(SQL(raw: "CREATE ROLE \(login) LOGIN"))
            try await connection.execute(SQL(raw: "GRANT \(groups.joined(separator: ", ")) TO \(login)"))
        }
        // A database that somebody is connected to cannot be cloned.
        for _ in 0..<500 {
            let others = try await connection.query(
                "SELECT pid FROM pg_stat_activity WHERE datname = \(name) AND pid <> pg_backend_pid()"
            )
            if others.isEmpty { break }
            try await connection.execute("SELECT pg_sleep(0.01)")
        }
    }
}
