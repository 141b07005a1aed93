import { expect } from 'chai';
import { DEFAULT_GATEWAY, Gateway } from '../../../../src/adapters/databento/gateway.js';
import { thrown } from '../../../support/thrown.js';

describe('the gateway', () => {
  it('has the endpoints below /v0/', () => {
    const url = Gateway.parse(DEFAULT_GATEWAY).urlOf('metadata.get_cost');
    expect(url.href).to.equal('https://hist.databento.com/v0/metadata.get_cost');
  });

  it('may have a path of its own before that', () => {
    const gateway = Gateway.parse('https://proxy.example:8443/databento/');
    expect(gateway.urlOf('metadata.get_cost').href).to.equal(
      'https://proxy.example:8443/databento/v0/metadata.get_cost',
    );
    expect(gateway.address).to.equal('https://proxy.example:8443/databento');
  });

  for (const address of ['http://127.0.0.1:8080', 'http://127.9.9.9', 'http://localhost:1', 'http://[::1]:9']) {
    it(`may be reached without TLS on this machine: ${address}`, () => {
      expect(Gateway.parse(address).address).to.equal(address);
    });
  }

  for (const [address, why] of [
    ['http://hist.databento.com', 'this machine alone'],
    ['http://10.0.0.1', 'this machine alone'],
    ['http://127.0.0.1.example.com', 'this machine alone'],
    ['http://localhost.example.com', 'this machine alone'],
    ['ftp://127.0.0.1', 'expected https'],
    ['file:///etc/passwd', 'does not begin with https://'],
    ['hist.databento.com', 'expected https'],
    ['localhost:8080', 'does not begin with https://'],
    ['user:secret@host', 'does not begin with https://'],
    ['', 'cannot be read'],
    ['https://host/?a=b', 'query or a fragment'],
    ['https://host/?', 'query or a fragment'],
    ['https://host/#a', 'query or a fragment'],
    ['https://user:secret@host', 'holds a user or a password'],
    ['https://secret@host', 'holds a user or a password'],
  ] as const) {
    it(`is refused as "${address}": ${why}`, () => {
      const error = thrown(() => Gateway.parse(address));
      expect(error.code).to.equal('CONFIG_INVALID');
      expect(error.message).to.contain(why).and.not.contain('secret');
      expect(error.hint).to.contain('DATABENTO_GATEWAY');
    });
  }

  it('serves the files whose addresses name another host', () => {
    const gateway = Gateway.parse('http://127.0.0.1:8080');
    const path = '/v0/batch/download/ABC/GLBX-1/glbx-mdp3-20240110.trades.dbn.zst';
    expect(gateway.urlOfDownload(`https://api.databento.com${path}`).href).to.equal(`http://127.0.0.1:8080${path}`);
    expect(gateway.urlOfDownload('https://a.example//evil.example/x').host).to.equal('127.0.0.1:8080');
    expect(gateway.urlOfDownload('https://user:pw@a.example/x?token=1').href).to.equal('http://127.0.0.1:8080/x');
  });
});
