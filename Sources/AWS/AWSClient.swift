package import Curl
package import Foundation

/// Everything a call needs but credentials: endpoints, connections, retries, counts and the clock.
package struct AWSConnection: Sendable {
    let endpoints: Endpoints
    let transport: any HTTPTransport
    let retry: RetryPolicy
    let meter: CallMeter
    let now: @Sendable () -> Date
    let limits: TransferLimits
    let pace: (any RequestPace)?

    /// `pace`: nil asks as fast as it can, which is for tests and for what is asked once.
    ///
    /// `now` is asked before each attempt, for its signature, and at each receipt, for the clock's skew.
    package init(
        endpoints: Endpoints,
        transport: any HTTPTransport,
        retry: RetryPolicy = .standard,
        meter: CallMeter,
        limits: TransferLimits = TransferLimits(),
        pace: (any RequestPace)? = nil,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.endpoints = endpoints
        self.transport = transport
        self.retry = retry
        self.meter = meter
        self.limits = limits
        self.pace = pace
        self.now = now
    }
}

/// Sends one request and gives one complete answer; `HTTPPool` does it over the network.
package protocol HTTPTransport: Sendable {
    func send(_ request: HTTPRequest) async throws(TransferError) -> HTTPResponse
}

extension HTTPPool: HTTPTransport {}

/// Calls AWS with one set of credentials: signs, sends, retries, counts, and turns every failure into an `AWSError`.
package struct AWSClient: Sendable {
    private let credentials: any CredentialProvider
    private let connection: AWSConnection

    package init(credentials: any CredentialProvider, connection: AWSConnection) {
        self.credentials = credentials
        self.connection = connection
    }

    package init(
        credentials: any CredentialProvider,
        endpoints: Endpoints,
        transport: any HTTPTransport,
        retry: RetryPolicy = .standard,
        meter: CallMeter
    ) {
        let connection = AWSConnection(endpoints: endpoints, transport: transport, retry: retry, meter: meter)
        self.init(credentials: credentials, connection: connection)
    }

    package var meter: CallMeter { connection.meter }

    package var endpoints: Endpoints { connection.endpoints }

    /// The server's clock minus ours at the last answer.
    package var clockSkew: Duration? { connection.meter.clockSkew }

    /// A 2xx answer that `read` understood.
    ///
    /// What `read` throws as malformed is retried like a broken connection. When the deadline allows no repetition, the
    /// error is that of the last attempt that was made.
    func call<Answer>(
        _ call: AWSCall,
        read: (HTTPResponse) throws(AWSError) -> Answer
    ) async throws(AWSError) -> Answer {
        var attempt = 1
        var earlier: AWSError?
        while true {
            do {
                return try read(try await once(call))
            } catch {
                let error = error.on(call.service, call.operation, region: call.region)
                // A repetition that was not made says nothing of the attempt that was.
                if error.kind == .deadlinePassed, let earlier { throw earlier }
                earlier = error
                if error.isThrottling {
                    connection.meter.throttled(call.service, call.operation)
                    await connection.pace?.throttled(call.service, region: call.region)
                }
                let delay = connection.retry.delay(after: attempt, error, changesSomething: call.changesSomething)
                guard let delay else { throw error }
                guard await connection.retry.wait(delay) else { throw cancelled(call) }
                attempt += 1
            }
        }
    }

    private func once(_ call: AWSCall) async throws(AWSError) -> HTTPResponse {
        // Before it is signed: a deadline is looked at after all waiting, by the transfer itself.
        await connection.pace?.turn(call.service, region: call.region)
        if Task.isCancelled { throw cancelled(call) }
        let endpoint = try connection.endpoints.endpoint(for: call.service, region: call.region)
        let credentials = try await self.credentials.credentials(now: connection.now())
        let (unsigned, url) = call.request(at: endpoint)
        var headers = unsigned.headers
        if call.isSigned {
            let signer = SigV4(
                credentials: credentials,
                region: endpoint.signingRegion,
                service: call.service.signingName,
                date: call.signedAt ?? connection.now()
            )
            headers = signer.sign(unsigned)
        }
        let request = HTTPRequest(
            method: unsigned.method,
            url: url,
            headers: headers,
            body: unsigned.body,
            limits: connection.limits,
            notAfter: call.notAfter
        )
        connection.meter.called(call.service, call.operation)
        let response: HTTPResponse
        do {
            response = try await connection.transport.send(request)
        } catch {
            throw AWSError(error)
        }
        if let server = response.headers["date"].flatMap({ httpDate($0) }) {
            connection.meter.observed(skew: .seconds(server.timeIntervalSince(connection.now())))
        }
        guard (200..<300).contains(response.status) else {
            throw serviceFailure(response, call, hiding: credentials)
        }
        return response
    }

    private func cancelled(_ call: AWSCall) -> AWSError {
        AWSError(.cancelled, message: "cancelled").on(call.service, call.operation, region: call.region)
    }
}

extension AWSError {
    init(_ error: TransferError) {
        let kind: Kind =
            switch error.kind {
            case .unresolved, .unconnected, .tls: .unreachable
            case .timedOut, .brokeOff: .brokenOff
            case .tooLarge: .notUnderstood
            case .cancelled: .cancelled
            case .tooLate: .deadlinePassed
            case .other: .misconfigured
            }
        self.init(kind, message: error.description)
    }
}
