import Foundation
import Testing

@testable import Postgres

@Suite struct DumpProgramsTests {
    @Test(arguments: [
        "host=db.example.com user=ada password=hunter2 dbname=curfew",
        "postgresql://ada:hunter2@db.example.com/curfew",
        "postgresql://ada@db.example.com/curfew?password=hunter2",
    ])
    func `P17 no password is in the arguments of a program`(_ connection: String) throws {
        let place = try ConnectionSettings(connection).place()
        #expect(place.password == "hunter2")
        #expect(!place.text.contains("hunter2"))
        #expect(place.text == "dbname='curfew' host='db.example.com' user='ada'")
    }

    @Test func `P17 a secret that only arguments could carry is refused`() {
        let error = #expect(throws: PostgresError.self) {
            try ConnectionSettings("host=db sslpassword=hunter2").place()
        }
        #expect(error?.description.contains("sslpassword") == true && error?.description.contains("hunter2") == false)
    }

    @Test func `the name of a database, nothing at all, and quotes`() throws {
        #expect(try ConnectionSettings("curfew").place().text == "dbname='curfew'")
        #expect(try ConnectionSettings().place() == ConnectionSettings.Place(text: "", password: nil))
        let quoted = ConnectionSettings("", overrides: ["user": "o'neil\\x", "password": "p"])
        #expect(try quoted.place() == ConnectionSettings.Place(text: "user='o\\'neil\\\\x'", password: "p"))
    }

    @Test func `a server newer than every pg_dump is said, with what to install`() async {
        let error = await #expect(throws: PostgresError.self) { try await DumpPrograms.find(forServer: 99) }
        #expect(error?.description.contains("postgresql-client-99") == true)
    }
}

@Suite struct DataFolderTests {
    @Test func `an upgrade that was killed between two renames is finished by whoever starts the server`() throws {
        let folder = NSTemporaryDirectory() + "curfew-exchange-\(getpid())"
        let files = FileManager.default
        defer { try? files.removeItem(atPath: folder) }
        func make(_ name: String, _ version: String) throws {
            try files.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            try Data(version.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)/PG_VERSION"))
        }
        let data = DataFolder(folder + "/cluster")
        try make("cluster", "15")
        try make("cluster.upgrade", "18")
        try data.exchange(with: folder + "/cluster.upgrade", keepingOldAs: folder + "/cluster.pg15")
        #expect(try data.majorVersion == 18)
        #expect(try DataFolder(folder + "/cluster.pg15").majorVersion == 15)
        // Killed before the last rename.
        try files.moveItem(atPath: folder + "/cluster", toPath: folder + "/cluster.upgraded")
        try data.finishExchange()
        #expect(try data.majorVersion == 18)
        // Killed before the second: the old folder stays in use, and what was ready does not take its place.
        try make("cluster.upgraded", "19")
        try data.finishExchange()
        #expect(try data.majorVersion == 18)
    }
}
