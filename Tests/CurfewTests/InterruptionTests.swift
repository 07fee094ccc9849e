import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// SIGTERM and SIGINT in the middle of sending: the program says what it left, and leaves no process behind.
@Suite struct InterruptionTests {
    /// The process of the channel's command, once there is one.
    private static func child(_ house: House) async throws -> pid_t {
        for _ in 0..<1_200 {
            let text = try? String(contentsOfFile: "\(house.folder)/child", encoding: .utf8)
            if let number = text.flatMap({ pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) }) {
                return number
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Surprise("the channel's command was never run")
    }

    /// Runs it until the channel's command hangs, asks it to end, and says what came of both.
    private static func interrupted(
        _ house: House,
        by signal: Int32,
        _ arguments: String...,
        with variables: [String: String] = [:]
    ) async throws -> Program.Outcome {
        try? FileManager.default.removeItem(atPath: "\(house.folder)/child")
        let handle = Program.Handle()
        let all = house.variables(of: "ada").merging(variables, uniquingKeysWith: { $1 })
        async let ending = Program.run(arguments, variables: all, in: house.folder, handle: handle)
        let child = try await child(house)
        let asked = ContinuousClock.now
        handle.ask(signal)
        let outcome = try await ending
        #expect(outcome.status == 5, "\(outcome)")
        #expect(ContinuousClock.now - asked < .seconds(45))
        // Its children, too: they are a group of their own.
        for _ in 0..<100 where kill(-child, 0) == 0 { try await Task.sleep(for: .milliseconds(50)) }
        #expect(kill(-child, 0) != 0, "the channel's command goes on")
        return outcome
    }

    @Test func `N1 N2 asked to end while a command hangs, all that send say what is left, and end it, too`()
        async throws
    {
        try await NightlyTests.with { house, server in
            let pings = try ScriptedServer { _, _ in ScriptedAnswer(body: "OK") }
            let command = "\(house.folder)/page"
            try house.write("#!/bin/sh\necho $$ > \(house.folder)/child\nsleep 600\n", to: command)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: command)
            let more = """
                night: { ping: "env:PING_URL" }
                channels: { pager: { command: ["\(command)"] } }
                """
            let settings = NightlyTests.mail(port: server.ports.plain, more)
                .replacingOccurrences(of: "[platform@example.com]", with: "[pager]")
            let house = try house.saying(settings)
            let ping = ["PING_URL": "\(pings.url)/x"]
            let night = try await Self.interrupted(house, by: SIGTERM, "nightly", with: ping)
            #expect(night.output.contains("nobody knows whether a message to channel pager arrived"))
            #expect(pings.requests.last?.path.hasPrefix("/x/fail?rid=") == true)
            #expect(pings.requests.last?.body.contains("exit status 5") == true)
            let nights = try await house.lines("SELECT outcome || ' ' || status FROM curfew.nights")
            #expect(nights == ["undone 5"])
            func sending() async throws -> Int {
                try await NightlyTests.number(
                    "SELECT count(*)::text FROM curfew.messages WHERE state = 'sending'",
                    house
                )
            }
            #expect(try await sending() == 0)
            // A warning is sent once more.
            let again = try await Self.interrupted(house, by: SIGINT, "messages", "send")
            #expect(again.output.contains("nobody knows whether a message to channel pager arrived"))
            #expect(again.messages.contains("stopped by SIGINT"))
            #expect(try await sending() == 0)
            let week = try await Self.interrupted(house, by: SIGTERM, "report", "--week", "--send")
            #expect(week.output.contains("nobody knows whether a message to channel pager arrived"))
            #expect(week.messages.contains("stopped by SIGTERM"))
            #expect(try await sending() == 0)
            try await house.curfew("audit", "--verify")
        }
    }
}
