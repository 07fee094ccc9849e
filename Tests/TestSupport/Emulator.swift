import Curl
import Foundation
import Glibc
import Synchronization

/// An AWS emulator in a process of its own, bound to 127.0.0.1, gone when this object or this process is.
///
/// `CURFEW_TEST_VENV` names a Python environment with `ministack` and `moto_server` in its `bin`.
package final class Emulator: Sendable {
    package let url: String
    private let process: EmulatorProcess

    /// ministack, or nil (with a loud line) where no environment is named.
    ///
    /// A 12-digit access key is the account. With `checkingIAM` it evaluates the policies of roles and sessions; such a
    /// key is the account's root then. With `refusingFullBuckets` a stack's deletion fails on a bucket that is not
    /// empty, as AWS's does; without, the bucket goes with everything in it.
    package static func ministack(
        checkingIAM: Bool = false,
        refusingFullBuckets: Bool = false
    ) async throws -> Emulator? {
        let program = refusingFullBuckets ? "python" : "ministack"
        return try await start(program, ready: "/_ministack/health") { port in
            let checking = checkingIAM ? ["AUTH": "true"] : [:]
            let own = ["BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0", "GATEWAY_PORT": "\(port)"]
            return (refusingFullBuckets ? ["-c", fullBuckets] : [], own.merging(checking) { $1 })
        }
    }

    private static let fullBuckets = """
        import sys
        from ministack.app import main
        from ministack.services import s3
        from ministack.services.cloudformation import provisioners
        handlers = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
        forget = handlers["delete"]
        def delete(name, properties):
            bucket = s3._buckets.get(name)
            versions = any(key[0] == name and kept for key, kept in s3._object_versions.items())
            if bucket and (bucket["objects"] or versions):
                raise ValueError("The bucket you tried to delete is not empty (Service: S3, Status Code: 409)")
            forget(name, properties)
        handlers["delete"] = delete
        sys.argv = ["ministack"]
        sys.exit(main())
        """

    /// moto, or nil.
    ///
    /// After `checkingIAMAfter` requests it checks signatures and policies; nil: never.
    package static func moto(checkingIAMAfter count: Int? = nil) async throws -> Emulator? {
        try await start("moto_server", ready: "/moto-api/") { port in
            let checking = count.map { ["INITIAL_NO_AUTH_ACTION_COUNT": "\($0)"] } ?? [:]
            return (["-H", "127.0.0.1", "-p", "\(port)"], checking)
        }
    }

    /// The Python environment's folder.
    package static var environmentFolder: String? {
        ProcessInfo.processInfo.environment["CURFEW_TEST_VENV"].flatMap { $0.isEmpty ? nil : $0 }
    }

    private init(url: String, process: EmulatorProcess) {
        self.url = url
        self.process = process
    }

    deinit { process.stop() }

    /// Ends it and waits until it has ended.
    package func stop() { process.stop() }

    private static func start(
        _ program: String,
        ready path: String,
        _ settings: (Int) -> (arguments: [String], variables: [String: String])
    ) async throws -> Emulator? {
        guard let folder = environmentFolder else {
            print("SKIPPED: CURFEW_TEST_VENV does not name a Python environment with \(program)")
            return nil
        }
        // Somebody else may take the port between our look and the emulator's bind.
        for _ in 1...3 {
            let (listener, port) = try listenOnLoopback()
            close(listener)
            let (arguments, variables) = settings(port)
            let process = try EmulatorProcess(in: folder, program, arguments, variables)
            let url = "http://127.0.0.1:\(port)"
            if await answers(url + path, while: process) { return Emulator(url: url, process: process) }
            process.stop()
        }
        throw EmulatorError(program: program)
    }

    private static func answers(_ url: String, while process: EmulatorProcess) async -> Bool {
        let pool = HTTPPool(width: 1)
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline, process.isRunning {
            if (try? await pool.send(HTTPRequest(url: url)))?.status == 200 { return true }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return false
    }
}

/// The emulator did not come up.
package struct EmulatorError: Error, CustomStringConvertible {
    package let program: String
    package var description: String { "\(program) did not start; run it by hand to see why" }
}

/// The emulator ends with us however we end: its parent waits for the end of its standard input, which is our pipe.
final class EmulatorProcess: Sendable {
    /// KILL: an emulator that is asked politely waits for its clients' open connections.
    ///
    /// The thread ends the parent when the emulator ends by itself.
    private static let script = """
        import os, subprocess, sys, threading
        child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
        threading.Thread(target=lambda: os._exit(child.wait()), daemon=True).start()
        sys.stdin.read()
        child.kill()
        child.wait()
        """

    private struct State: ~Copyable {
        let parent: Process
        let leash: Pipe
    }

    private let state: Mutex<State>

    init(in folder: String, _ program: String, _ arguments: [String], _ variables: [String: String]) throws {
        let parent = Process()
        let leash = Pipe()
        parent.executableURL = URL(fileURLWithPath: "\(folder)/bin/python")
        parent.arguments = ["-c", Self.script, "\(folder)/bin/\(program)"] + arguments
        // Other children must not hold the leash.
        _ = fcntl(leash.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        let own = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("AWS_") }
        parent.environment = own.merging(variables) { $1 }
        parent.standardInput = leash
        parent.standardOutput = FileHandle.nullDevice
        parent.standardError = FileHandle.nullDevice
        try parent.run()
        state = Mutex(State(parent: parent, leash: leash))
    }

    var isRunning: Bool { state.withLock { $0.parent.isRunning } }

    /// `waitUntilExit` would wait for ever where Foundation misses the end.
    func stop() {
        state.withLock { state in
            try? state.leash.fileHandleForWriting.close()
            for _ in 1...500 where state.parent.isRunning { usleep(10_000) }
        }
    }
}
