"""The gateway to the JVM, which Weir has not."""

from pyflink._weir.missing import REMEDY_JVM, raiser

get_gateway = raiser("pyflink.java_gateway.get_gateway()", REMEDY_JVM)
launch_gateway = raiser("pyflink.java_gateway.launch_gateway()", REMEDY_JVM)
