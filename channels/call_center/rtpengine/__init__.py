"""Sound of browsers by way of rtpengine: DTLS, ICE and SRTP are its work, we see plain RTP."""
